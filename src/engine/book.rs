//! The books of a run: one a stage, written a batch at a time by whichever worker has one, without a lock.
//!
//! A bucket's histograms are taken out every tenth of a second and merged into the run's; nothing is ever averaged.

use super::pending::Pending;
use crate::metrics::{COUNTS, Latency, Outcome, Recorder, SharedTally, StageTally};
use crate::workload::Operation;

/// What one stage wrote down.
#[derive(Debug, Clone, Default)]
pub struct StagePage {
    /// Counts, by operation.
    pub tallies: [StageTally; Operation::COUNT],
    /// Time spent at the stage, from coming in to being answered or handed on.
    pub latency: Latency,
    /// Response time of the requests that ended at the stage, from their intended times, by operation.
    pub response: [Latency; Operation::COUNT],
    /// The same from the moment they were sent.
    pub service: [Latency; Operation::COUNT],
    /// Age of the stale answers.
    pub stale_age: Latency,
}

impl StagePage {
    /// The counts of all operations together.
    pub fn tally(&self) -> StageTally {
        let mut all = StageTally::default();
        self.tallies.iter().for_each(|tally| all.merge(tally));
        all
    }

    /// Adds the histograms of another page; counts are running totals and are taken over.
    pub fn absorb(&mut self, bucket: &Self) {
        self.tallies = bucket.tallies;
        self.latency.merge(&bucket.latency);
        self.stale_age.merge(&bucket.stale_age);
        for operation in Operation::ALL {
            self.response[operation.index()].merge(&bucket.response[operation.index()]);
            self.service[operation.index()].merge(&bucket.service[operation.index()]);
        }
    }
}

/// The book of one stage.
///
/// The times of a batch are written before its counts. So who has read a count finds all times that belong to it; times of a
/// batch that is just being written may come a bucket before its count. When everything is counted, both agree.
#[derive(Debug, Default)]
pub struct StageBook {
    tallies: [SharedTally; Operation::COUNT],
    latency: Recorder,
    response: [Recorder; Operation::COUNT],
    service: [Recorder; Operation::COUNT],
    stale_age: Recorder,
}

impl StageBook {
    /// Counts arrivals.
    pub fn arrive(&self, batch: &[Pending]) {
        if COUNTS {
            self.by_operation(batch, SharedTally::arrive);
        }
    }

    /// Counts requests that were handed on at `now_ns`. To be called before the next stage hears of them: whoever sees
    /// them there must see that they left here.
    pub fn pass(&self, batch: &[Pending], now_ns: u64) {
        if COUNTS {
            self.latency.record_all_ns(batch.iter().map(|pending| now_ns.saturating_sub(pending.arrived_ns)));
            self.by_operation(batch, SharedTally::pass);
        }
    }

    /// Counts requests that ended at `now_ns`.
    pub fn end(&self, batch: &[Pending], outcome: Outcome, now_ns: u64) {
        if !COUNTS || batch.is_empty() {
            return;
        }
        let since = |then_ns| now_ns.saturating_sub(then_ns);
        self.latency.record_all_ns(batch.iter().map(|pending| since(pending.arrived_ns)));
        for (operation, count) in Operation::ALL.into_iter().zip(by_operation(batch)) {
            let (service, response) = (&self.service[operation.index()], &self.response[operation.index()]);
            // Most batches are of one operation; looking at each request twice more is what would cost most here.
            if count == batch.len() as u64 {
                service.record_all_ns(batch.iter().map(|pending| since(pending.sent_ns)));
                response.record_all_ns(batch.iter().map(|pending| since(pending.intended_ns)));
            } else if count > 0 {
                let of = || batch.iter().filter(|pending| pending.operation == operation);
                service.record_all_ns(of().map(|pending| since(pending.sent_ns)));
                response.record_all_ns(of().map(|pending| since(pending.intended_ns)));
            }
            self.tallies[operation.index()].end(outcome, count);
        }
    }

    /// Counts attempts that ended here at `now_ns` and go back to a service that tries again.
    pub fn give_back(&self, batch: &[Pending], now_ns: u64) {
        if COUNTS {
            self.latency.record_all_ns(batch.iter().map(|pending| now_ns.saturating_sub(pending.arrived_ns)));
            self.by_operation(batch, SharedTally::give_back);
        }
    }

    /// Counts bytes of pages that readers were sent, and those that they had already.
    pub fn page_bytes(&self, sent: u64, saved: u64) {
        self.tallies[Operation::Read.index()].page_bytes(sent, saved);
    }

    /// Counts attempts that came back, to be tried again.
    pub fn retry(&self, batch: &[Pending]) {
        if COUNTS {
            self.by_operation(batch, SharedTally::retry);
        }
    }

    /// Counts answers that carried a version, by operation, and those of them that were stale, with their ages in
    /// nanoseconds.
    pub fn versioned(&self, answers: [u64; Operation::COUNT], stale: &[(Operation, u64)]) {
        self.stale_age.record_all_ns(stale.iter().map(|(_, age_ns)| *age_ns));
        for operation in Operation::ALL {
            let stale = stale.iter().filter(|(of, _)| *of == operation).count();
            self.tallies[operation.index()].versioned(answers[operation.index()], stale as u64);
        }
    }

    /// Counts what came out of the queue, orders or records of an operation, and was written after `latency_ns`.
    pub fn written(&self, operation: Operation, written: u64, latency_ns: u64) {
        let tally = &self.tallies[operation.index()];
        self.latency.record_many_ns(latency_ns, written);
        tally.arrive(written);
        tally.pass(written);
    }

    /// Takes out what was recorded since the last time: running counts, and the histograms of the bucket. For one reader
    /// at a time.
    pub fn take_bucket(&self, into: &mut StagePage) {
        into.tallies = std::array::from_fn(|operation| self.tallies[operation].read());
        let take = |from: &Recorder, into: &mut Latency| {
            into.clear();
            from.take_into(into);
        };
        take(&self.latency, &mut into.latency);
        take(&self.stale_age, &mut into.stale_age);
        for operation in 0..Operation::COUNT {
            take(&self.response[operation], &mut into.response[operation]);
            take(&self.service[operation], &mut into.service[operation]);
        }
    }

    /// The running counts of all operations together.
    pub fn tally(&self) -> StageTally {
        let mut all = StageTally::default();
        self.tallies.iter().for_each(|tally| all.merge(&tally.read()));
        all
    }

    /// Adds a batch to the tallies: once an operation.
    fn by_operation(&self, batch: &[Pending], add: fn(&SharedTally, u64)) {
        self.tallies.iter().zip(by_operation(batch)).for_each(|(tally, count)| add(tally, count));
    }
}

/// How many of a batch want what.
fn by_operation(batch: &[Pending]) -> [u64; Operation::COUNT] {
    let mut counts = [0; Operation::COUNT];
    for pending in batch {
        counts[pending.operation.index()] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::stages::testing::request;
    use crate::metrics::Reason;

    /// Every third is a claim. Each was meant, sent and came in a bit later than the one before it.
    fn batch(count: u64) -> Vec<Pending> {
        let pending = |id: u64| {
            let operation = if id.is_multiple_of(3) { Operation::Claim } else { Operation::Read };
            let mut pending = request(operation, id, 0);
            pending.request.intended_ns = id * 2_500;
            (pending.sent_ns, pending.arrived_ns) = (700_000, 800_000 + id / 4 * 1_000);
            pending
        };
        (0..count).map(pending).collect()
    }

    #[test]
    fn a_book_says_what_was_written_into_it() {
        let (book, now_ns) = (StageBook::default(), 3_000_000);
        let requests = batch(100);
        let (ended, passed) = requests.split_at(60);
        book.arrive(&requests);
        book.end(ended, Outcome::Intercepted(Reason::Shed), now_ns);
        book.pass(passed, now_ns);
        book.versioned([7, 2, 0, 0], &[(Operation::Read, 5_000), (Operation::Claim, 9_000)]);
        book.written(Operation::Claim, 5, 50_000);

        let mut expected = StagePage::default();
        for (number, pending) in requests.iter().enumerate() {
            let index = pending.operation.index();
            expected.tallies[index].arrivals += 1;
            expected.latency.record_ns(now_ns - pending.arrived_ns);
            if number < ended.len() {
                expected.tallies[index].end(Outcome::Intercepted(Reason::Shed), 1);
                expected.response[index].record_ns(now_ns - pending.intended_ns);
                expected.service[index].record_ns(now_ns - pending.sent_ns);
            } else {
                expected.tallies[index].passed += 1;
            }
        }
        for (index, versioned) in [7, 2].into_iter().enumerate() {
            expected.tallies[index].versioned_reads += versioned;
            expected.tallies[index].stale_reads += 1;
        }
        for age_ns in [5_000, 9_000] {
            expected.stale_age.record_ns(age_ns);
        }
        let claims = &mut expected.tallies[Operation::Claim.index()];
        claims.arrivals += 5;
        claims.passed += 5;
        expected.latency.record_many_ns(50_000, 5);

        let mut page = StagePage::default();
        book.take_bucket(&mut page);
        assert_eq!(page.tallies, expected.tallies);
        assert_eq!(book.tally(), expected.tally());
        assert!(page.latency == expected.latency && page.stale_age == expected.stale_age);
        assert!(page.response == expected.response && page.service == expected.service);
        // Counts go on; times are those of the bucket.
        book.take_bucket(&mut page);
        assert_eq!((page.tally(), page.latency.count()), (expected.tally(), 0));
    }

    #[test]
    fn nobody_is_seen_further_down_who_was_not_seen_to_leave() {
        const WRITERS: u64 = 2;
        const BATCHES: u64 = 10_000;
        let (first, second) = (StageBook::default(), StageBook::default());
        let requests = batch(5);
        let (mut above, mut below) = (StagePage::default(), StagePage::default());
        let mut all = [StagePage::default(), StagePage::default()];
        // Deepest first, as the observer reads.
        let mut look = || {
            second.take_bucket(&mut below);
            first.take_bucket(&mut above);
            let (left, came) = (above.tally(), below.tally());
            assert!(came.arrivals <= left.handed_on(), "{came:?} of {left:?}");
            assert!(left.in_flight() >= 0 && came.in_flight() >= 0, "{left:?} {came:?}");
            all.iter_mut().zip([&above, &below]).for_each(|(page, bucket)| page.absorb(bucket));
            for page in &all {
                assert!(page.latency.count() >= page.tally().passed, "times come before counts");
            }
        };
        std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|_| {
                    scope.spawn(|| {
                        for _ in 0..BATCHES {
                            first.arrive(&requests);
                            first.pass(&requests, 2_000_000);
                            second.arrive(&requests);
                            second.end(&requests, Outcome::Served, 3_000_000);
                        }
                    })
                })
                .collect();
            while !writers.iter().all(std::thread::ScopedJoinHandle::is_finished) {
                look();
            }
        });
        look();
        let requests = WRITERS * BATCHES * 5;
        for page in &all {
            assert_eq!((page.tally().passed, page.latency.count()), (requests, requests));
            assert_eq!(page.tally().in_flight(), 0);
        }
        let counted: u64 = all[1].response.iter().chain(&all[1].service).map(Latency::count).sum();
        assert_eq!(counted, 2 * requests);
    }
}
