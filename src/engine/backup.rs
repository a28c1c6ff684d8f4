//! Backups of the database while it works, and the proof that the last one can be restored.
//!
//! A backup is `VACUUM INTO`: SQLite writes what one of its snapshots holds into a new file, while others read and write
//! (<https://www.sqlite.org/lang_vacuum.html>).

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use super::clock::Clock;
use super::environment::Environment;
use super::ledger::Promises;
use super::order::Order;
use super::store::StoreError;
use super::store::link::fetch;
use super::store::schema::{PATIENCE, Store};
use super::trouble::Troubles;
use crate::report::BackupReport;
use crate::topology::RunPlan;
use crate::topology::stage::StageKind;

/// The backups of a run's database.
pub struct Backups {
    stage: String,
    store: Store,
    /// The file of the database.
    path: PathBuf,
    every: Duration,
    clock: Clock,
    troubles: Troubles,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    count: u64,
    last: Option<Backup>,
    worst_orders: u64,
}

/// A finished backup.
#[derive(Clone)]
struct Backup {
    path: PathBuf,
    began_ns: u64,
    took: Duration,
    bytes: u64,
    orders: u64,
}

/// What there is to say of the orders of a database file.
#[derive(Default)]
struct Counted {
    ids: Vec<u64>,
    checksum: u64,
}

impl Backups {
    /// None taken yet; none at all where the plan wants none.
    pub fn new(
        plan: &RunPlan,
        environment: &Environment,
        clock: &Clock,
        troubles: &Troubles,
    ) -> Option<Arc<Self>> {
        let index = plan.database?;
        let StageKind::Database(params) = &plan.topology.stages[index].kind else { return None };
        Some(Arc::new(Self {
            stage: plan.name(index).to_owned(),
            store: environment.database(index)?.store.clone(),
            path: environment.database(index)?.store.path()?.to_owned(),
            every: params.backup_every?,
            clock: clock.clone(),
            troubles: troubles.clone(),
            taken: Mutex::default(),
        }))
    }

    /// Takes one backup after the other until the arrivals end.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut times = interval(self.every);
        times.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first moment is at once, when there is nothing to keep.
        times.tick().await;
        loop {
            tokio::select! {
                _ = times.tick() => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
            let backups = self.clone();
            let taken = tokio::task::spawn_blocking(move || backups.take()).await;
            if let Ok(Err(error)) = taken {
                self.troubles.note("a backup could not be taken", &error);
            }
        }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one, and lets the one before it go.
    fn take(&self) -> Result<(), StoreError> {
        let number = self.taken().count + 1;
        let path = self.path.with_file_name(format!("backup-{number}.sqlite"));
        self.store.valve().pass();
        let mut link = self.store.connect(PATIENCE)?;
        let (began_ns, began) = (self.clock.now_ns(), Instant::now());
        link.run(&format!("VACUUM INTO '{}'", path.to_string_lossy().replace('\'', "''")))?;
        let took = began.elapsed();
        let bytes = fs::metadata(&path).map_or(0, |found| found.len());
        let (orders, _) = last_insert(&self.store.copy_at(&path))?;
        let mut taken = self.taken();
        let before = taken.last.replace(Backup { path, began_ns, took, bytes, orders });
        taken.count = number;
        let new = orders.saturating_sub(before.as_ref().map_or(0, |before| before.orders));
        taken.worst_orders = taken.worst_orders.max(new);
        if let Some(before) = before {
            // The run's folder goes with the run; a file that stays until then does no harm.
            drop(fs::remove_file(before.path));
        }
        Ok(())
    }

    /// Restores the last backup into a new file, and holds its orders against what buyers were promised. None where none was
    /// taken. Blocks.
    ///
    /// # Errors
    /// What was restored can't be read.
    pub fn verify(&self, promises: &Promises) -> Result<Option<BackupReport>, StoreError> {
        let taken = self.taken();
        let Some(last) = taken.last.clone() else { return Ok(None) };
        let began = Instant::now();
        let path = last.path.with_file_name("restored.sqlite");
        fs::copy(&last.path, &path).map_err(|source| StoreError::Restore { path: path.clone(), source })?;
        let restored = self.store.copy_at(&path);
        let is_intact = is_intact(&restored)?;
        let mut counted = counted(&restored)?;
        counted.ids.sort_unstable();
        let known = || promises.acknowledged.iter().chain(&promises.indefinite);
        let is_in = |order: &&Order| counted.ids.binary_search(&order.id).is_ok();
        let (known_orders, known_checksum) = known().filter(is_in).fold((0, 0), add);
        let restore_ms = began.elapsed().as_secs_f64() * 1_000.0;
        let (in_database, newest_ns) = last_insert(&self.store)?;
        let orders = counted.ids.len() as u64;
        let would_lose_orders = in_database.saturating_sub(orders);
        let lost_ns = if would_lose_orders > 0 { newest_ns.saturating_sub(last.began_ns) } else { 0 };
        let since_start = last.began_ns.saturating_sub(self.clock.first_arrival_ns());
        Ok(Some(BackupReport {
            stage: self.stage.clone(),
            taken: taken.count,
            last_at_secs: Duration::from_nanos(since_start).as_secs_f64(),
            last_took_ms: last.took.as_secs_f64() * 1_000.0,
            bytes: last.bytes,
            restore_ms,
            is_intact,
            orders,
            unknown_orders: orders.saturating_sub(known_orders),
            is_as_promised: known_checksum == counted.checksum,
            would_lose_orders,
            would_lose_secs: Duration::from_nanos(lost_ns).as_secs_f64(),
            worst_orders: taken.worst_orders.max(would_lose_orders),
        }))
    }
}

/// One order more: how many there are, and their checksum, whatever their order.
fn add((count, checksum): (u64, u64), order: &Order) -> (u64, u64) {
    // FNV-1a over what an order says, http://www.isthe.com/chongo/tech/comp/fnv/
    let words = [order.id, u64::from(order.item), order.claimant, u64::from(order.units)];
    let bytes = words.iter().flat_map(|word| word.to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (count + 1, checksum.wrapping_add(hash))
}

fn counted(store: &Store) -> Result<Counted, StoreError> {
    store.orders(|rows| {
        let mut counted = Counted::default();
        for row in rows {
            let (order, _) = row?;
            counted.ids.push(order.id);
            counted.checksum = add((0, counted.checksum), &order).1;
        }
        Ok(counted)
    })?
}

fn is_intact(store: &Store) -> Result<bool, StoreError> {
    let said = store.connect(PATIENCE)?.text(&"PRAGMA integrity_check".into(), &[])?;
    Ok(said.as_deref() == Some("ok"))
}

/// How many orders a database has, and when it was given the last one.
fn last_insert(store: &Store) -> Result<(u64, u64), StoreError> {
    let sql = "SELECT COUNT(*), COALESCE(MAX(inserted_ns), 0) FROM orders";
    let rows = fetch::<2>(&mut *store.connect(PATIENCE)?, &sql.into(), &[])?;
    let [orders, newest_ns] = rows.first().copied().unwrap_or_default();
    Ok((orders.cast_unsigned(), newest_ns.cast_unsigned()))
}
