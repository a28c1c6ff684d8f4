//! One connection: requests in, answers out, one after the other.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::Request;
use hyper::body::{Body, Incoming};
use hyper::header::{CONNECTION, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::answer::{self, Whole};
use super::line::{LastAnswer, Line};
use super::reception::Reception;
use super::wanted::{Asked, LONGEST_BODY, Refusal, Wanted};

/// The longest head of a request: 8 KiB is the least that the library allows.
const LONGEST_HEAD: usize = 16 * 1_024;
const OVER: &str = "the arrivals are over";

/// Serves a connection until its client hangs up or `closing` becomes true.
pub async fn serve(stream: TcpStream, reception: Arc<Reception>, mut closing: watch::Receiver<bool>) {
    let last = Arc::new(LastAnswer::none());
    // Dropped after the socket, which looks for an error when it is.
    let _at_the_end = AtTheEnd { reception: &reception, last: &last };
    let line = TokioIo::new(Line::new(stream, last.clone()));
    let answer = service_fn(|request| answer(request, &reception, &last));
    let connection = http1::Builder::new().max_buf_size(LONGEST_HEAD).serve_connection(line, answer);
    let mut connection = pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => Some(served),
        () = closed(&mut closing) => None,
    };
    let served = if let Some(served) = served {
        served
    } else {
        connection.as_mut().graceful_shutdown();
        connection.await
    };
    if let Err(error) = served
        && error.is_parse()
    {
        // The library has answered already.
        reception.counts.refused(if error.is_parse_too_large() { 431 } else { 400 });
    }
}

/// Waits until it is true. What it waits by is let go of.
async fn closed(closing: &mut watch::Receiver<bool>) {
    drop(closing.wait_for(|closing| *closing).await);
}

/// Counts the last answer of a connection, in whatever way it ends.
struct AtTheEnd<'a> {
    reception: &'a Reception,
    last: &'a LastAnswer,
}

impl Drop for AtTheEnd<'_> {
    fn drop(&mut self) {
        self.last.settle(&self.reception.counts);
    }
}

async fn answer(
    request: Request<Incoming>,
    reception: &Reception,
    last: &LastAnswer,
) -> Result<Whole, Infallible> {
    last.settle(&reception.counts);
    Ok(match wanted(request, reception).await {
        Ok(Wanted::List) => {
            reception.counts.look();
            answer::text(reception.menu.list())
        }
        Ok(Wanted::Arrival(asked)) => arrive(asked, reception, last).await,
        Err(refusal) => {
            reception.counts.refused(refusal.status);
            answer::refused(&refusal)
        }
    })
}

/// What a request asks for, its body included.
async fn wanted(request: Request<Incoming>, reception: &Reception) -> Result<Wanted, Refusal> {
    let (head, body) = request.into_parts();
    let wanted = reception.menu.wanted(&head.method, head.uri.path(), head.uri.query())?;
    let Wanted::Arrival(asked) = wanted else { return Ok(wanted) };
    if body.is_end_stream() {
        return Ok(wanted);
    }
    let too_long = || Refusal::new(413, format!("a body has {LONGEST_BODY} bytes at the most"));
    if body.size_hint().lower() > LONGEST_BODY as u64 {
        return Err(too_long());
    }
    match Limited::new(body, LONGEST_BODY).collect().await {
        Ok(body) => reception.menu.with_body(asked, &body.to_bytes()).map(Wanted::Arrival),
        Err(error) if error.is::<LengthLimitError>() => Err(too_long()),
        Err(error) => Err(Refusal::new(400, format!("the body can't be read: {error}"))),
    }
}

/// An arrival, from its coming to its end.
async fn arrive(asked: Asked, reception: &Reception, last: &LastAnswer) -> Whole {
    let Some(came) = reception.come(asked) else {
        reception.counts.late();
        let mut response = answer::error(503, OVER);
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        return response;
    };
    let mut underway = UnderWay { reception, id: Some(came.id) };
    let Ok(ended) = came.ended.await else {
        return answer::error(503, OVER);
    };
    underway.id = None;
    last.give(answer::place(ended.outcome));
    answer::of(came.id, &came.wish, ended)
}

/// A request whose end its client waits for. Dropped with its number, the client or the run is gone.
struct UnderWay<'a> {
    reception: &'a Reception,
    id: Option<u64>,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.reception.leave(id);
            self.reception.counts.lost();
        }
    }
}
