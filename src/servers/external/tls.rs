//! TLS to servers that are not ours: by which certificates they are known, and a way for those who speak none themselves.

use std::fmt::Display;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::super::endpoint::Endpoint;
use super::super::port::free_listeners;
use super::error::ExternalError;
use crate::topology::address::{Access, Host};

/// Whoever asked for a tunnel comes at once.
const COMES_WITHIN: Duration = Duration::from_secs(5);

/// Knows servers by the system's certificates, or by those of a file.
///
/// # Errors
/// There are none.
pub fn config(access: &Access) -> Result<Arc<ClientConfig>, ExternalError> {
    let failed = |why: String| ExternalError::Tls { address: access.address.to_string(), why };
    let mut roots = RootCertStore::empty();
    match &access.address.ca {
        Some(file) => {
            let on_file = |error: &dyn Display| failed(format!("{file}: {error}"));
            let certificates = CertificateDer::pem_file_iter(file).map_err(|error| on_file(&error))?;
            for certificate in certificates {
                let certificate = certificate.map_err(|error| on_file(&error))?;
                roots.add(certificate).map_err(|error| on_file(&error))?;
            }
        }
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    if roots.is_empty() {
        return Err(failed("no certificates of authorities were found".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| failed(error.to_string()))?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// TLS on a connection to a host.
///
/// # Errors
/// The server is not known, or speaks something else.
pub(super) async fn connect(
    config: &Arc<ClientConfig>,
    host: &Host,
    tcp: TcpStream,
) -> io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(host.name.clone()).map_err(io::Error::other)?;
    TlsConnector::from(config.clone()).connect(name, tcp).await
}

/// What went wrong on the way through a tunnel.
#[derive(Debug, thiserror::Error)]
pub enum TunnelError {
    /// Nobody answers.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The two don't agree on TLS.
    #[error(transparent)]
    Tls(io::Error),
}

/// A port on 127.0.0.1 behind which one connection by TLS to a host is open already, for the first who comes. It lives on the runtime on which
/// it was made, and ends with either side.
///
/// # Errors
/// The host can't be reached, or not by TLS.
pub async fn tunnel(config: &Arc<ClientConfig>, host: &Host) -> Result<Endpoint, TunnelError> {
    let tcp = TcpStream::connect((host.name.as_str(), host.port)).await?;
    tcp.set_nodelay(true)?;
    let mut server = connect(config, host, tcp).await.map_err(TunnelError::Tls)?;
    let (port, listener) = free_listeners(1)
        .map_err(io::Error::other)?
        .pop()
        .ok_or(io::ErrorKind::AddrInUse)
        .map_err(io::Error::from)?;
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    tokio::spawn(async move {
        let Ok(Ok((mut client, _))) = timeout(COMES_WITHIN, listener.accept()).await else { return };
        drop(listener);
        if client.set_nodelay(true).is_ok() {
            // Both sides see that it ends.
            copy_bidirectional(&mut client, &mut server).await.ok();
        }
    });
    Ok(Endpoint::local(port))
}
