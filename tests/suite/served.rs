//! A running `pingmark serve`, and an HTTP client that sends exactly the bytes it is given.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use super::support::{Site, TODAY};

/// Time limit for every wait, generous enough for a busy machine.
pub(crate) const TIME_LIMIT: Duration = Duration::from_secs(20);

/// A running `pingmark serve`.
pub(crate) struct Served {
    child: Child,
    lines: Receiver<String>,
    /// Lines of standard error so far.
    pub said: Vec<String>,
    /// The port that the server listens on.
    pub port: u16,
}

/// An HTTP response.
#[derive(Debug)]
pub(crate) struct Reply {
    pub status: u16,
    /// By name in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Some(Self { status, headers, body: bytes[end + 4..].to_vec() })
    }
}

impl Served {
    /// Serves a site on a port that the system chooses.
    pub(crate) fn start(site: &Site, arguments: &[&str]) -> Self {
        Self::run(site.command(&[&["serve", "-p", "0", "--today", TODAY], arguments].concat()))
    }

    /// Serves a site with `--watch`.
    pub(crate) fn watching(site: &Site) -> Self {
        Self::start(site, &["--watch"])
    }

    /// Runs a serving command and waits until it prints its address.
    pub(crate) fn run(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).stdin(Stdio::null()).spawn().expect("it starts");
        let stderr = child.stderr.take().expect("it is piped");
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut served = Self { child, lines, said: Vec::new(), port: 0 };
        let line = served.wait_for("Serving http://");
        let authority =
            line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("an address");
        served.port = authority.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        served
    }

    /// Waits for a line of standard error with that text.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let until = Instant::now() + TIME_LIMIT;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.said.push(line.clone());
                    if line.contains(text) {
                        return line;
                    }
                }
                Err(_) => panic!("no line has {text:?}:\n{}", self.said.join("\n")),
            }
        }
    }

    /// Lines printed within some time.
    pub(crate) fn says_within(&mut self, time: Duration) -> Vec<String> {
        let until = Instant::now() + time;
        let mut said = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            said.push(line);
        }
        self.said.extend(said.iter().cloned());
        said
    }

    /// A new connection to the server.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.set_read_timeout(Some(TIME_LIMIT)).expect("a timeout");
        stream
    }

    /// Sends bytes and reads until the server closes the connection.
    pub(crate) fn raw(&self, request: impl AsRef<[u8]>) -> Option<Reply> {
        let mut stream = self.connect();
        stream.write_all(request.as_ref()).expect("it is sent");
        let mut bytes = Vec::new();
        // A connection reset after the response is not a failure.
        let _ = stream.read_to_end(&mut bytes);
        Reply::of(&bytes)
    }

    /// Requests a path with more header lines.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[&str]) -> Reply {
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|line| line.to_ascii_lowercase().starts_with("host:")) {
            request.push_str(&format!("Host: 127.0.0.1:{}\r\n", self.port));
        }
        for line in headers {
            request.push_str(&format!("{line}\r\n"));
        }
        self.raw(request + "\r\n").unwrap_or_else(|| panic!("no response to {method} {path}"))
    }

    /// Gets a path.
    pub(crate) fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, &[])
    }

    /// Requests a page until a condition holds.
    pub(crate) fn wait_until(&self, path: &str, is_so: impl Fn(&Reply) -> bool) -> Reply {
        let until = Instant::now() + TIME_LIMIT;
        loop {
            let reply = self.get(path);
            if is_so(&reply) {
                return reply;
            }
            assert!(
                Instant::now() < until,
                "{path} is still: {} {}\nthe server printed:\n{}",
                reply.status,
                reply.text(),
                self.said.join("\n")
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Requests a page until its status is 200 and it contains a text.
    pub(crate) fn wait_until_says(&self, path: &str, text: &str) {
        self.wait_until(path, |reply| reply.status == 200 && reply.text().contains(text));
    }

    /// Subscribes to events for a page that the client has not loaded.
    pub(crate) fn events(&self, page: &str) -> Events {
        self.events_since(page, "")
    }

    /// Subscribes to events for a page that the client has loaded with that ETag.
    pub(crate) fn events_since(&self, page: &str, tag: &str) -> Events {
        let mut stream = self.connect();
        let request = format!(
            "GET /.pingmark/events?page={page}&tag={tag} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n",
            self.port
        );
        stream.write_all(request.as_bytes()).expect("it is sent");
        let mut events = Events { lines: BufReader::new(stream), head: Vec::new() };
        while let Some(line) = events.line().filter(|line| !line.is_empty()) {
            events.head.push(line);
        }
        events
    }

    /// The process ID.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the process to end.
    pub(crate) fn ended(&mut self) -> std::process::ExitStatus {
        let until = Instant::now() + TIME_LIMIT;
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be asked") {
                return status;
            }
            assert!(Instant::now() < until, "the process is still running");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A page's subscription to server-sent events.
pub(crate) struct Events {
    lines: BufReader<TcpStream>,
    /// The status line and the headers.
    pub head: Vec<String>,
}

impl Events {
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.lines.read_line(&mut line) {
            Ok(1..) => Some(line.trim_end().to_owned()),
            _ => None,
        }
    }

    /// Name and data of the next event.
    pub(crate) fn next(&mut self) -> (String, serde_json::Value) {
        let mut name = String::new();
        loop {
            let line = self.line().expect("another event");
            if let Some(text) = line.strip_prefix("event: ") {
                name = text.to_owned();
            } else if let Some(data) = line.strip_prefix("data: ") {
                return (name, serde_json::from_str(data).expect("JSON"));
            }
        }
    }

    /// Data of the next event with that name.
    pub(crate) fn wait_for(&mut self, name: &str) -> serde_json::Value {
        loop {
            let (found, data) = self.next();
            if found == name {
                return data;
            }
        }
    }
}
