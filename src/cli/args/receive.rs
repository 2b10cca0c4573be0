//! Arguments of `receive`.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};

/// `receive`
#[derive(Debug, Args)]
pub struct ReceiveArgs {
    /// Address and port to listen on
    #[arg(long, value_name = "ADDRESS:PORT", required_unless_present_any = ["once", "letterbox"])]
    pub listen: Option<SocketAddr>,
    /// Verify what waits in the queue, then end
    #[arg(long, conflicts_with = "listen")]
    pub once: bool,
    /// Write a letterbox for a host that runs PHP, into static/
    #[arg(long, value_enum, value_name = "KIND", conflicts_with_all = ["listen", "once"])]
    pub letterbox: Option<Letterbox>,
    /// All requests come through a proxy, which names the client in X-Forwarded-For
    #[arg(long)]
    pub behind_proxy: bool,
    /// Contact this private host and port too, for laboratories; can be repeated
    #[arg(long, value_name = "HOST:PORT")]
    pub allow_private: Vec<String>,
    /// Date and time to use as now
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}

/// Letterboxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Letterbox {
    /// PHP 7.4 or later
    Php,
}
