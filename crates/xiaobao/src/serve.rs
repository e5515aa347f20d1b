//! Serves the pages until somebody says stop.

use std::net::SocketAddr;

use anyhow::{Context, Result};

/// Listens on the address; `ready` is called when it does.
///
/// # Errors
/// When the address is taken or not ours.
pub(crate) async fn listen(app: web::App, address: SocketAddr, ready: impl FnOnce(SocketAddr)) -> Result<()> {
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} 已被占用或不可用,可用 --listen 换一个地址"))?;
    ready(listener.local_addr()?);
    let service = web::service(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stopped()).await.context("网页服务中断")
}

/// Ctrl-C, or the signal a service manager sends.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            return;
        };
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupted.await;
}
