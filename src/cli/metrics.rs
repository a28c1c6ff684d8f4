//! `--metrics`: what a run has counted so far, over HTTP on this machine.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::out;
use crate::engine::Snapshot;
use crate::engine::trial::Listener;
use crate::engine::trial::rounds::Turn;
use crate::report::openmetrics::{Exposition, MEDIA_TYPE};
use crate::topology::RunPlan;

/// Where it is to be had.
const PATH: &str = "/metrics";
/// More than a few scrapers at a time are none.
const CONNECTIONS: usize = 16;

/// Runs whose figures are served.
pub(super) struct Observed<'a> {
    /// The designs that run in turn.
    pub plans: &'a [RunPlan],
    /// Where the figures go.
    pub metrics: &'a Metrics,
}

impl Listener for Observed<'_> {
    fn begins(&mut self, turn: Turn) {
        self.metrics.begin(&self.plans[turn.design]);
    }

    fn snapshot(&mut self, snapshot: &Snapshot) {
        self.metrics.add(snapshot);
    }
}

/// The figures, and who serves them. They are served until the program ends.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Mutex<Exposition>>);

impl Metrics {
    /// Serves what is told from now on at this address, which is of the loopback.
    ///
    /// # Errors
    /// The address can't be had; in words, with the remedy.
    pub fn serve(at: SocketAddr) -> Result<Self, String> {
        let refused = |error: std::io::Error| {
            format!("no metrics at {at}: {error}; choose another port, such as 127.0.0.1:0")
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(refused)?;
        let listener = runtime.block_on(TcpListener::bind(at)).map_err(refused)?;
        let at = listener.local_addr().map_err(refused)?;
        let metrics = Self(Arc::default());
        let told = metrics.clone();
        let work = move || runtime.block_on(told.accept(listener));
        thread::Builder::new().name("metrics".into()).spawn(work).map_err(refused)?;
        out::note(format_args!("metrics at http://{at}{PATH}"));
        Ok(metrics)
    }

    /// Another run begins: counters are at zero.
    pub fn begin(&self, plan: &RunPlan) {
        *self.lock() = Exposition::new(plan);
    }

    /// Adds what is new.
    pub fn add(&self, snapshot: &Snapshot) {
        let mut figures = self.lock();
        snapshot.buckets.iter().for_each(|bucket| figures.add(bucket));
        figures.look(&snapshot.instances);
        figures.tell(snapshot.http.as_ref());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Exposition> {
        // Whoever panicked left sums that are still sums.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn accept(self, listener: TcpListener) {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let place = places.clone().acquire_owned().await;
            let Ok((client, _)) = listener.accept().await else {
                tokio::task::yield_now().await;
                continue;
            };
            let told = self.clone();
            tokio::spawn(async move {
                let answer =
                    service_fn(|request| std::future::ready(Ok::<_, Infallible>(told.answer(&request))));
                let served = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(client), answer);
                // Who hung up or sent nonsense is not served.
                drop(served.await);
                drop(place);
            });
        }
    }

    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let (status, header, text) = match (request.uri().path(), request.method()) {
            (PATH, &Method::GET | &Method::HEAD) => {
                (StatusCode::OK, (CONTENT_TYPE, MEDIA_TYPE), self.lock().render())
            }
            (PATH, _) => (StatusCode::METHOD_NOT_ALLOWED, (ALLOW, "GET, HEAD"), String::new()),
            _ => (StatusCode::NOT_FOUND, (CONTENT_TYPE, "text/plain"), format!("{PATH}\n")),
        };
        let mut response = Response::new(Full::from(text));
        *response.status_mut() = status;
        response.headers_mut().insert(header.0, hyper::header::HeaderValue::from_static(header.1));
        response
    }
}
