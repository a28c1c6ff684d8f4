//! As whom a server runs that refuses to run as root.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rustix::process::getuid;

/// Where the system lists its users: name, password, number, number of the group, and more, with colons between them (passwd(5)).
const USERS: &str = "/etc/passwd";
/// Who has no rights anywhere, if the system has nobody for a server.
const NOBODY: &str = "nobody";

/// A user of the system without the rights of root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    uid: u32,
    gid: u32,
}

impl Owner {
    /// Who is to run a server: the first of these names that the system knows, or nobody; none where this program is not root, for
    /// then the server runs as whoever runs this program.
    pub(crate) fn instead_of_root(names: &[&str]) -> Option<Self> {
        let users =
            if getuid().is_root() { fs::read_to_string(USERS).unwrap_or_default() } else { return None };
        names.iter().copied().chain([NOBODY]).find_map(|name| Self::named(&users, name))
    }

    /// A user by name. Root is none.
    fn named(users: &str, name: &str) -> Option<Self> {
        let line = users.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        let mut fields = line.split(':').skip(1).map(|field| field.parse::<u32>().ok());
        let owner = Self { uid: fields.next()??, gid: fields.next()?? };
        (owner.uid != 0).then_some(owner)
    }

    /// Lets a command run as this user, with none of this program's groups.
    pub(crate) fn runs(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// Gives a folder to this user, for nobody else.
    ///
    /// # Errors
    /// The system refuses.
    pub(crate) fn takes(self, folder: &Path) -> io::Result<()> {
        fs::set_permissions(folder, Permissions::from_mode(0o700))?;
        chown(folder, Some(self.uid), Some(self.gid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_their_whole_name_and_root_never() {
        let users =
            "root:x:0:0::/root:/bin/sh\npostgres-old:x:5:6::/:\npostgres:x:101:104:a,b:/var:/bin/bash\n";
        assert_eq!(Owner::named(users, "postgres"), Some(Owner { uid: 101, gid: 104 }));
        for name in ["root", "postgre", "", "x"] {
            assert_eq!(Owner::named(users, name), None, "{name}");
        }
    }
}
