//! What people want, by lot: who asks, and for what.

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_distr::Zipf;
use rand_pcg::Pcg64Mcg;

use super::operation::{Operation, Request};
use super::spec::{Audience, Mix, PageOf, Workload};

/// Earlier claims from which a repeated click is drawn.
const MEMORY: usize = 1_024;

/// What somebody wants, without the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// What is wanted.
    pub operation: Operation,
    /// Who asks.
    pub claimant: u64,
    /// What it is about, as [`Request::item`] has it.
    pub item: u32,
    /// Units that a claim asks for; 0 for anything else.
    pub units: u32,
}

impl Wish {
    /// The request that somebody makes of it.
    pub fn asked(self, id: u64, intended_ns: u64) -> Request {
        let Self { operation, claimant, item, units } = self;
        Request { id, intended_ns, claimant, item, units, operation }
    }
}

/// Draws wishes from the mix of a phase and the audience.
#[derive(Debug)]
pub struct Wishes {
    lots: Pcg64Mcg,
    audience: Audience,
    items: u32,
    units_per_claim: u32,
    /// When each phase ends, and what people do in it.
    phases: Vec<(Duration, Mix)>,
    products: Zipf<f64>,
    streams: Zipf<f64>,
    counters: Zipf<f64>,
    recent: Vec<(u64, u32)>,
    recent_at: usize,
}

impl Wishes {
    /// Wishes of a workload, by its seed. It must have passed validation.
    pub fn new(workload: &Workload) -> Self {
        let skew = workload.audience.item_skew.max(0.0);
        let zipf = |count: u32| {
            Zipf::new(f64::from(count.max(1)), skew)
                .unwrap_or_else(|_| unreachable!("at least one of them, and an exponent of 0 or more"))
        };
        let phases = workload.phases.iter().scan(Duration::ZERO, |end, phase| {
            *end = end.saturating_add(phase.span);
            Some((*end, phase.mix.clone()))
        });
        Self {
            lots: Pcg64Mcg::seed_from_u64(workload.seed ^ 0x9e37_79b9_7f4a_7c15),
            audience: workload.audience.clone(),
            items: workload.sale.items,
            units_per_claim: workload.sale.units_per_claim,
            phases: phases.collect(),
            products: zipf(workload.sale.items),
            streams: zipf(workload.records.streams),
            counters: zipf(workload.records.counters),
            recent: Vec::with_capacity(MEMORY),
            recent_at: 0,
        }
    }

    /// The phase at a moment, counted from the first arrival; after the last one it stays that.
    pub fn phase_at(&self, at: Duration) -> usize {
        let ended = self.phases.iter().take_while(|(end, _)| *end <= at).count();
        ended.min(self.phases.len().saturating_sub(1))
    }

    /// What the next one wants in a phase.
    pub fn draw(&mut self, phase: usize) -> Wish {
        let operation = self.draw_operation(phase);
        self.draw_one(operation)
    }

    /// What the next one wants who wants this.
    pub fn draw_one(&mut self, operation: Operation) -> Wish {
        let (claimant, item) = match operation {
            Operation::Read => self.draw_read(),
            Operation::Claim => self.draw_claim(),
            Operation::Append => (self.draw_human(), self.draw_of(self.streams)),
            Operation::Count => (self.draw_human(), self.draw_of(self.counters)),
        };
        self.wish(operation, claimant, item)
    }

    /// A wish of which somebody has said who asks, or what it is about; the rest is drawn. A page of the reader's own is named by the reader.
    #[allow(clippy::cast_possible_truncation, reason = "people are fewer than a billion")]
    pub fn complete(&mut self, operation: Operation, claimant: Option<u64>, item: Option<u32>) -> Wish {
        let is_own = operation == Operation::Read && self.audience.page_of == PageOf::Reader;
        let (claimant, item) = match (claimant, item) {
            (None, None) => return self.draw_one(operation),
            (claimant, reader) if is_own => {
                let reader = reader.map(u64::from).or(claimant).unwrap_or_default();
                (claimant.unwrap_or(reader), self.items.saturating_add(reader as u32))
            }
            (Some(claimant), None) => (claimant, self.draw_item(operation)),
            (Some(claimant), Some(item)) => (claimant, item),
            (None, Some(item)) => (self.draw_person(operation), item),
        };
        self.wish(operation, claimant, item)
    }

    fn wish(&self, operation: Operation, claimant: u64, item: u32) -> Wish {
        let units = match operation {
            Operation::Claim => self.units_per_claim,
            Operation::Read | Operation::Append | Operation::Count => 0,
        };
        Wish { operation, claimant, item, units }
    }

    /// What the next one does in a phase.
    pub fn draw_operation(&mut self, phase: usize) -> Operation {
        let mix = &self.phases[phase].1;
        let lot = self.lots.random::<f64>() * mix.sum();
        let Mix { claim, append, count, .. } = *mix;
        if lot < claim {
            Operation::Claim
        } else if lot < claim + append {
            Operation::Append
        } else if lot < claim + append + count {
            Operation::Count
        } else {
            Operation::Read
        }
    }

    fn draw_item(&mut self, operation: Operation) -> u32 {
        match operation {
            Operation::Read => self.draw_product(),
            Operation::Claim => self.draw_of(self.products),
            Operation::Append => self.draw_of(self.streams),
            Operation::Count => self.draw_of(self.counters),
        }
    }

    #[allow(clippy::cast_possible_truncation, reason = "people are fewer than a billion")]
    fn draw_read(&mut self) -> (u64, u32) {
        let reader = self.draw_human();
        match self.audience.page_of {
            PageOf::Product => (reader, self.draw_product()),
            PageOf::Reader => (reader, self.items.saturating_add(reader as u32)),
        }
    }

    /// A product, or one beyond all that there are. Without such ones no lot is drawn for them.
    fn draw_product(&mut self) -> u32 {
        let Audience { unknown_ratio, unknown_items, .. } = self.audience;
        if unknown_ratio > 0.0 && self.lots.random::<f64>() < unknown_ratio {
            self.items.saturating_add(self.lots.random_range(0..unknown_items))
        } else {
            self.draw_of(self.products)
        }
    }

    fn draw_claim(&mut self) -> (u64, u32) {
        let repeat_ratio = self.audience.repeat_ratio;
        if !self.recent.is_empty() && self.lots.random::<f64>() < repeat_ratio {
            return self.recent[self.lots.random_range(0..self.recent.len())];
        }
        let claimant = self.draw_person(Operation::Claim);
        let claim = (claimant, self.draw_of(self.products));
        if self.recent.len() < MEMORY {
            self.recent.push(claim);
        } else {
            self.recent[self.recent_at] = claim;
            self.recent_at = (self.recent_at + 1) % MEMORY;
        }
        claim
    }

    /// Who does it: bots only claim.
    fn draw_person(&mut self, operation: Operation) -> u64 {
        let Audience { bots, bot_ratio, .. } = self.audience;
        if operation == Operation::Claim && bots > 0 && self.lots.random::<f64>() < bot_ratio {
            self.lots.random_range(0..bots)
        } else {
            self.draw_human()
        }
    }

    fn draw_human(&mut self) -> u64 {
        let audience = &self.audience;
        let first = audience.bots.min(audience.users - 1);
        self.lots.random_range(first..audience.users)
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "Zipf draws 1..=count")]
    fn draw_of(&mut self, among: Zipf<f64>) -> u32 {
        self.lots.sample(among) as u32 - 1
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Constant, Phase, Records, Sale, Shape, Spacing};
    use super::*;

    fn wishes(page_of: PageOf) -> Wishes {
        let phase = |secs, mix| Phase {
            name: String::new(),
            span: Duration::from_secs(secs),
            shape: Shape::Constant(Constant { rate: 1.0 }),
            spacing: Spacing::Even,
            mix,
        };
        Wishes::new(&Workload {
            seed: 3,
            sale: Sale { items: 7, units_per_claim: 2, ..Sale::default() },
            audience: Audience { users: 40, page_of, repeat_ratio: 0.0, ..Audience::default() },
            records: Records { streams: 2, counters: 3 },
            phases: vec![
                phase(2, Mix { read: 1.0, ..Mix::NOTHING }),
                phase(3, Mix { claim: 1.0, ..Mix::NOTHING }),
            ],
        })
    }

    #[test]
    fn the_mix_is_that_of_the_phase_and_the_last_one_goes_on() {
        let mut wishes = wishes(PageOf::Product);
        for (secs, operation) in
            [(0, Operation::Read), (1, Operation::Read), (2, Operation::Claim), (900, Operation::Claim)]
        {
            let phase = wishes.phase_at(Duration::from_secs(secs));
            assert_eq!(wishes.draw(phase).operation, operation, "{secs} s");
        }
    }

    #[test]
    fn what_is_said_is_kept_and_the_rest_is_drawn() {
        let mut some = wishes(PageOf::Product);
        for (operation, widest) in
            [(Operation::Read, 7), (Operation::Claim, 7), (Operation::Append, 2), (Operation::Count, 3)]
        {
            for _ in 0..50 {
                let drawn = some.complete(operation, None, None);
                assert!(drawn.claimant < 40 && drawn.item < widest, "{drawn:?}");
                assert!(some.complete(operation, Some(39), None).item < widest);
                assert!(some.complete(operation, None, Some(1)).claimant < 40);
            }
            let both = some.complete(operation, Some(39), Some(1));
            assert_eq!((both.operation, both.claimant, both.item), (operation, 39, 1));
            assert_eq!(both.units, if operation == Operation::Claim { 2 } else { 0 });
        }
        let mut own = wishes(PageOf::Reader);
        for (claimant, reader) in [(Some(5), None), (None, Some(5)), (Some(5), Some(5))] {
            let wish = own.complete(Operation::Read, claimant, reader);
            assert_eq!((wish.claimant, wish.item), (5, 12));
        }
    }
}
