//! Where operations part: each goes the way that carries it. It is no stage of the drawing but how one with several links sends, so it has no
//! book.

use std::sync::Arc;

use super::super::pending::Batch;
use super::core::Stage;
use crate::workload::Operations;

/// The ways out of a stage. No operation goes two of them.
pub struct Parting {
    ways: Vec<(Operations, Arc<dyn Stage>)>,
}

impl Parting {
    /// A parting with a way for whatever comes.
    pub fn new(ways: Vec<(Operations, Arc<dyn Stage>)>) -> Self {
        Self { ways }
    }
}

impl Stage for Parting {
    fn take(&self, mut batch: Batch) {
        for (operations, stage) in &self.ways {
            let part: Batch =
                batch.extract_if(.., |pending| operations.contains(pending.operation)).collect();
            if !part.is_empty() {
                stage.take(part);
            }
        }
        assert!(batch.is_empty(), "the validator lets no operation come where no way leads on for it");
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Sink, request};
    use super::*;
    use crate::workload::Operation;

    #[test]
    fn each_operation_goes_the_way_that_carries_it() {
        let [pages, sale, rest] = [(); 3].map(|()| Arc::new(Sink::default()));
        let others: Operations = [Operation::Append, Operation::Count].into_iter().collect();
        let parting = Parting::new(vec![
            (Operation::Read.into(), pages.clone()),
            (Operation::Claim.into(), sale.clone()),
            (others, rest.clone()),
        ]);
        let kinds = Operation::ALL.into_iter().cycle();
        let all = (0..20).zip(kinds).map(|(id, operation)| request(operation, id, 0));
        parting.take(all.collect());
        for (sink, wanted) in [(pages, vec![0]), (sale, vec![1]), (rest, vec![2, 3])] {
            let came: Vec<u64> = sink.take_all().iter().map(|pending| pending.id % 4).collect();
            assert_eq!(came.len(), 5 * wanted.len());
            assert!(came.iter().all(|kind| wanted.contains(kind)), "{came:?}");
        }
    }
}
