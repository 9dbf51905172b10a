//! Changing the rules: the one way to a desk that everybody takes who governs.

use leadsman_flow::{Desk, FlowError, Warrant};

use crate::access::Caller;
use crate::blocking::holding;
use crate::problem::Failure;
use crate::service::Service;
use crate::values::Word;

/// Changes the rules of the caller's desk, under the caller's name and with a reason. It is refused to
/// nobody: it waits for its place.
pub(crate) async fn govern<T: Send + 'static>(
    service: &Service,
    caller: Caller,
    reason: Word,
    change: impl FnOnce(&Desk, &Warrant) -> Result<T, FlowError> + Send + 'static,
) -> Result<T, Failure> {
    let place = caller.wait_for_long_place().await?;
    let warrant = Warrant { by: caller.label, at: service.now(), why: reason.0 };
    Ok(holding(place, move || change(&caller.desk, &warrant)).await??)
}
