//! The clock of the sale is put past the opening, or before it.

use super::Hands;
use crate::topology::Fault;
use crate::topology::fault::FaultAction;

/// Does to the clock of the sale what a fault says.
///
/// # Errors
/// A server or the database refuses.
pub async fn inject(hands: &Hands, fault: &Fault) -> Result<(), String> {
    let control = hands.control.as_ref().ok_or("the design has no data control")?;
    let is_open = fault.action == FaultAction::OpenSale;
    control.move_opening(is_open).await.map_err(|error| error.to_string())
}
