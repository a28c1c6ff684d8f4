//! What Sentinels are asked.

use std::time::Duration;

use super::super::redis_link::LinkSettings;
use super::super::redis_link::connection::breaks_line;
use crate::servers::ReplicaGroup;

/// How long a Sentinel may take to answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// `SENTINEL FAILOVER` (<https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/>): the first Sentinel that
/// answers hands the role of the master over to a replica, without asking the others whether the master is down.
///
/// # Errors
/// The Sentinel's own refusal, such as `INPROG` while another failover is under way or `NOGOODSLAVE`; or none answers.
pub async fn fail_over(group: &ReplicaGroup) -> Result<(), String> {
    let settings = LinkSettings { connect_timeout: PATIENCE, ..LinkSettings::new(PATIENCE) };
    let mut failover = redis::cmd("SENTINEL");
    failover.arg("FAILOVER").arg(&group.settings().name);
    for sentinel in group.sentinels() {
        let Ok(mut line) = settings.connect(sentinel).await else { continue };
        match failover.query_async::<()>(&mut line).await {
            Ok(()) => return Ok(()),
            // It stands still, or went away in the meantime.
            Err(error) if breaks_line(&error) => {}
            Err(error) => return Err(format!("the Sentinel refused: {error}")),
        }
    }
    Err("no Sentinel answers: restart or resume one of them".into())
}
