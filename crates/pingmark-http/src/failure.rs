//! Why a request failed, in words.

use std::fmt;
use std::net::IpAddr;

/// A request that got no usable response.
#[derive(Debug)]
pub struct Failure {
    /// Address of the hop that failed, without its query if that holds a secret.
    pub url: String,
    /// Cause.
    pub cause: Cause,
}

/// Causes of a [`Failure`].
#[derive(Debug)]
pub enum Cause {
    /// The address cannot be parsed.
    NotAnAddress,
    /// The address is longer than [`MAX_URL`](crate::guard::MAX_URL).
    TooLong,
    /// The scheme is neither http nor https.
    Scheme(String),
    /// The address has a user name or a password.
    Credentials,
    /// The port is neither 80 nor 443.
    Port(u16),
    /// The host is, or its name stands for, an address that is not public.
    PrivateAddress(IpAddr),
    /// The name of the host does not exist, or stands for no address.
    NoSuchHost(String),
    /// No connection could be made, with the system's reason.
    Connection(String),
    /// The certificate or the encryption is not acceptable, with the reason.
    Tls(String),
    /// It took longer than this many seconds.
    Timeout(u64),
    /// It redirects more than this many times.
    TooManyRedirects(u32),
    /// It redirects to an address that was already visited.
    RedirectLoop,
    /// It redirects without saying where, or to something that is no address.
    BadRedirect,
    /// It redirects a request that carries a secret.
    SecretRedirected,
    /// The head of the response is too large.
    HeadTooLarge,
    /// The body is compressed, though this was not asked for, with the name of the encoding.
    Compressed(String),
    /// The body is larger than this many bytes. Only of downloads.
    TooLarge(u64),
    /// The response is not HTTP, or ends early, with the reason.
    Broken(String),
    /// The received bytes could not be written, with the system's reason.
    Write(std::io::Error),
}

impl Failure {
    pub(crate) fn new(url: impl Into<String>, cause: Cause) -> Self {
        Self { url: url.into(), cause }
    }

    /// Whether the address was refused before anything was sent to it. Trying again changes nothing.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self.cause,
            Cause::NotAnAddress
                | Cause::TooLong
                | Cause::Scheme(_)
                | Cause::Credentials
                | Cause::Port(_)
                | Cause::PrivateAddress(_)
        )
    }

    /// Whether the same request may succeed later: a connection that failed, a time-out, a certificate
    /// that ran out.
    pub fn is_temporary(&self) -> bool {
        matches!(
            self.cause,
            Cause::NoSuchHost(_)
                | Cause::Connection(_)
                | Cause::Tls(_)
                | Cause::Timeout(_)
                | Cause::Broken(_)
        )
    }

    /// Whether the request may have been received and acted upon, although no response came back.
    pub fn may_have_arrived(&self) -> bool {
        matches!(self.cause, Cause::Timeout(_) | Cause::Broken(_))
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Control characters of a stranger's address must not reach a terminal.
        let url: String = self.url.chars().filter(|c| !c.is_control()).take(200).collect();
        write!(f, "{url}: {}", self.cause)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnAddress => write!(f, "this is not an address of the web"),
            Self::TooLong => write!(f, "the address is longer than {} bytes", crate::guard::MAX_URL),
            Self::Scheme(scheme) => write!(f, "only http and https addresses are contacted, not `{scheme}:`"),
            Self::Credentials => write!(f, "addresses with a user name or a password are not contacted"),
            Self::Port(port) => write!(f, "port {port} is not contacted, only 80 and 443"),
            Self::PrivateAddress(address) => {
                write!(f, "the host's address, {address}, is not a public one and is not contacted")
            }
            Self::NoSuchHost(host) => write!(f, "there is no host `{host}`"),
            Self::Connection(reason) => write!(f, "no connection: {reason}"),
            Self::Tls(reason) => write!(f, "no secure connection: {reason}"),
            Self::Timeout(seconds) => write!(f, "no complete answer within {seconds} s"),
            Self::TooManyRedirects(most) => write!(f, "it redirects more than {most} times"),
            Self::RedirectLoop => write!(f, "it redirects in a circle"),
            Self::BadRedirect => write!(f, "it redirects to nowhere"),
            Self::SecretRedirected => {
                write!(f, "it redirects; a request with a key or a token is not sent elsewhere")
            }
            Self::HeadTooLarge => write!(f, "the head of the answer is too large"),
            Self::Compressed(encoding) => {
                write!(f, "the answer is compressed ({encoding}), which was not asked for")
            }
            Self::TooLarge(bytes) => write!(f, "it is larger than {bytes} bytes"),
            Self::Broken(reason) => write!(f, "the answer is broken: {reason}"),
            Self::Write(error) => write!(f, "what was received could not be written: {error}"),
        }
    }
}
