//! Ctrl-C and SIGTERM: the program ends at once, without leaving a half-published site.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::signal;

use crate::output::shutdown;

/// Exit code for the signal that was received: 128 plus its number, as in shells.
static CODE: AtomicU8 = AtomicU8::new(INTERRUPTED);
const INTERRUPTED: u8 = 130;
const TERMINATED: u8 = 143;
/// A build that renders and has not stopped after this time is left: its staging folder is removed. On
/// an idle machine a build stops within milliseconds, unless a template does not end.
const PATIENCE: Duration = Duration::from_millis(600);
/// A build that moves files and has not stopped after this time is killed: published files are intact at
/// every moment.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The exit code after a signal.
pub(super) fn exit_code() -> u8 {
    CODE.load(Ordering::SeqCst)
}

/// Starts to handle signals: they stop a build that is writing, then end the program.
pub(super) fn listen() {
    // If the thread cannot be started, signals end the program at once.
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(wait);
}

#[expect(clippy::disallowed_methods, reason = "by then a build that was writing has stopped and cleaned up")]
fn wait() {
    let Ok(runtime) = Builder::new_current_thread().enable_io().build() else { return };
    let Some(code) = runtime.block_on(next()) else { return };
    CODE.store(code, Ordering::SeqCst);
    clean_up();
    std::process::exit(i32::from(code));
}

/// Stops the builds of this process, and removes what they have staged.
pub(super) fn clean_up() {
    let requested = Instant::now();
    while shutdown::request() && requested.elapsed() < TIMEOUT {
        if requested.elapsed() > PATIENCE && shutdown::abandon() {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[cfg(unix)]
async fn next() -> Option<u8> {
    use signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).ok()?;
    let mut terminate = signal(SignalKind::terminate()).ok()?;
    std::future::poll_fn(|context| {
        let interrupted = interrupt.poll_recv(context).map(|_| Some(INTERRUPTED));
        if interrupted.is_ready() {
            return interrupted;
        }
        terminate.poll_recv(context).map(|_| Some(TERMINATED))
    })
    .await
}

#[cfg(not(unix))]
async fn next() -> Option<u8> {
    signal::ctrl_c().await.ok().map(|()| INTERRUPTED)
}
