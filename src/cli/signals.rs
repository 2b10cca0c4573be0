//! Ctrl-C and SIGTERM: the program ends at once, and leaves nothing half done.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::signal;

use crate::output::stop;

/// The exit code that stands for the signal that came: 128 and its number, as shells have it.
static CODE: AtomicU8 = AtomicU8::new(INTERRUPTED);
const INTERRUPTED: u8 = 130;
const TERMINATED: u8 = 143;
/// A build that has not stopped by itself after so long is left where it is: what it published
/// is whole at every moment. On a machine that does nothing else it takes some milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// The exit code after a signal.
pub(super) fn exit_code() -> u8 {
    CODE.load(Ordering::SeqCst)
}

/// From now on a signal stops what is being written, and ends the program.
pub(super) fn listen() {
    // Without it a signal ends the program as it always did.
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(wait);
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing is half done by then: a build that was writing has stopped and cleaned up"
)]
fn wait() {
    let Ok(runtime) = Builder::new_current_thread().enable_io().build() else { return };
    let Some(code) = runtime.block_on(next()) else { return };
    CODE.store(code, Ordering::SeqCst);
    let asked = Instant::now();
    while stop::ask() && asked.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(2));
    }
    std::process::exit(i32::from(code));
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
