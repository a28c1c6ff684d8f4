//! Who draws: a graphics card, or the processor, which the run needs for itself.

use std::fs;
use std::path::Path;
use std::time::Duration;

use egui::{Context, Id};

/// Time between two frames while dots move, where a graphics card draws.
const QUICK: Duration = Duration::from_millis(33);
/// The same where the processor draws: no more frames than the figures of a run need anyway.
const SPARING: Duration = Duration::from_millis(100);
/// Threads of Mesa's software renderer are called so (`lp_rast.c` in Mesa's llvmpipe driver).
const SOFTWARE_THREAD: &str = "llvmpipe";

/// Time between two frames while dots move. Who draws is found out at the first call: by then the window has been drawn.
pub fn dots_pace(ctx: &Context) -> Duration {
    let look = || has_thread(Path::new("/proc/self/task"), SOFTWARE_THREAD);
    let is_software = ctx.data_mut(|data| *data.get_temp_mut_or_insert_with(id(), look));
    if is_software { SPARING } else { QUICK }
}

fn id() -> Id {
    Id::unique("the processor draws")
}

/// Whether a thread's name begins so. Systems without such a folder say no.
fn has_thread(tasks: &Path, name: &str) -> bool {
    let names = fs::read_dir(tasks).into_iter().flatten().flatten();
    names
        .filter_map(|task| fs::read_to_string(task.path().join("comm")).ok())
        .any(|comm| comm.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_software_renderer_is_known_by_its_threads_and_gets_fewer_frames() {
        let tasks = tempfile::tempdir().unwrap();
        for (id, name) in [("7", "seckill-lab"), ("8", "engine")] {
            fs::create_dir(tasks.path().join(id)).unwrap();
            fs::write(tasks.path().join(id).join("comm"), format!("{name}\n")).unwrap();
        }
        assert!(!has_thread(tasks.path(), SOFTWARE_THREAD));
        fs::write(tasks.path().join("8/comm"), "llvmpipe-1\n").unwrap();
        assert!(has_thread(tasks.path(), SOFTWARE_THREAD));
        assert!(!has_thread(Path::new("/nowhere"), SOFTWARE_THREAD));
        let ctx = Context::default();
        assert_eq!(dots_pace(&ctx), QUICK);
        ctx.data_mut(|data| data.insert_temp(id(), true));
        assert_eq!(dots_pace(&ctx), SPARING);
    }
}
