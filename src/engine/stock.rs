//! In which form an inventory keeps its stock: data control writes it and gives units back, the audit reads what is booked. Which form it
//! is follows from the strategy that takes from it.

use redis::Cmd;

use super::cluster::names::Names;
use super::keys;
use crate::topology::StageKind;
use crate::topology::stage::Decrement;

/// Tokens in one command.
const TOKENS_AT_ONCE: usize = 1_000;

/// The form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockForm {
    /// A hash `{Total, Booked}`: units are added to what is booked.
    Booked,
    /// A counter of the units left.
    Left,
    /// A list with an element for each unit left.
    Tokens,
}

impl StockForm {
    /// The form in which a stage keeps its stock.
    pub fn of(kind: &StageKind) -> Self {
        match kind {
            StageKind::MasterReplica(params) => match params.decrement {
                Decrement::DecrCompensation => Self::Left,
                Decrement::ListToken => Self::Tokens,
                Decrement::LuaEvalsha
                | Decrement::LuaEval
                | Decrement::OneScript
                | Decrement::WatchMulti
                | Decrement::NaiveReadThenWrite => Self::Booked,
            },
            _ => Self::Booked,
        }
    }

    /// Writes the stock of a product anew, with so many units of it booked.
    pub fn write(self, names: Names, item: u32, stock: u64, booked: u64) -> Vec<Cmd> {
        let left = stock.saturating_sub(booked);
        let key = self.key(names, item);
        match self {
            Self::Booked => {
                let mut goods = redis::cmd("HSET");
                goods.arg(key).arg("Total").arg(stock).arg("Booked").arg(booked);
                vec![goods]
            }
            Self::Left => vec![redis::cmd("SET").arg(key).arg(left).to_owned()],
            Self::Tokens => {
                let push = |from: u64| {
                    let count = (left - from).min(TOKENS_AT_ONCE as u64);
                    let mut push = redis::cmd("RPUSH");
                    push.arg(&key);
                    for _ in 0..count {
                        push.arg(keys::TOKEN);
                    }
                    push
                };
                let empty = redis::cmd("DEL").arg(&key).to_owned();
                let pushes = (0..left).step_by(TOKENS_AT_ONCE).map(push);
                std::iter::once(empty).chain(pushes).collect()
            }
        }
    }

    /// Asks for what [`Self::booked`] reads.
    pub fn ask(self, names: Names, item: u32) -> Cmd {
        let key = self.key(names, item);
        match self {
            Self::Booked => redis::cmd("HGET").arg(key).arg("Booked").to_owned(),
            Self::Left => redis::cmd("GET").arg(key).to_owned(),
            Self::Tokens => redis::cmd("LLEN").arg(key).to_owned(),
        }
    }

    /// Units booked of a stock, by the answer; one who has forgotten the product has none booked, or none left.
    pub fn booked(self, stock: u64, said: Option<i64>) -> i64 {
        let said = said.unwrap_or(0);
        match self {
            Self::Booked => said,
            Self::Left | Self::Tokens => i64::try_from(stock).unwrap_or(i64::MAX).saturating_sub(said),
        }
    }

    /// Gives the units of a cancelled order back, once however often it is called.
    /// KEYS: stock, buyers, returned. ARGV: units, buyer, order id, the most units a buyer may have (0: no limit).
    /// Answers 1, or 0 when they were given back before.
    pub fn return_script(self) -> String {
        let back = match self {
            Self::Booked => "redis.call('HINCRBY', KEYS[1], 'Booked', -tonumber(ARGV[1]))".to_owned(),
            Self::Left => "redis.call('INCRBY', KEYS[1], ARGV[1])".to_owned(),
            Self::Tokens => {
                let token = keys::TOKEN;
                format!("for _ = 1, tonumber(ARGV[1]) do redis.call('RPUSH', KEYS[1], '{token}') end")
            }
        };
        format!(
            "if redis.call('SADD', KEYS[3], ARGV[3]) == 0 then return 0 end
{back}
if tonumber(ARGV[4]) > 0 then redis.call('HINCRBY', KEYS[2], ARGV[2], -tonumber(ARGV[1])) end
return 1"
        )
    }

    /// The key of a product's stock.
    pub fn key(self, names: Names, item: u32) -> String {
        match self {
            Self::Booked => names.goods(),
            Self::Left => keys::LEFT,
            Self::Tokens => keys::TOKENS,
        }
        .of(item)
    }
}
