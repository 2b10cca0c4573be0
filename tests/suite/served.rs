//! The program serving a site, and a client that sends exactly what it is told to.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use super::support::{Site, TODAY};

/// The longest that anything may take here, on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A running `pingmark serve`.
pub struct Served {
    child: Child,
    lines: Receiver<String>,
    /// What it said so far.
    pub said: Vec<String>,
    /// The port it took.
    pub port: u16,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn of(bytes: &[u8]) -> Option<Self> {
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
    /// Serves a site on a port of the system's choice.
    pub fn start(site: &Site, arguments: &[&str]) -> Self {
        Self::run(site.command(&[&["serve", "-p", "0", "--today", TODAY], arguments].concat()))
    }

    /// Serves a site and follows its changes.
    pub fn watching(site: &Site) -> Self {
        Self::start(site, &["--watch"])
    }

    /// Runs a command that serves, until it says where.
    pub fn run(mut command: Command) -> Self {
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

    /// Waits until it says something; gives the line.
    pub fn wait_for(&mut self, text: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.said.push(line.clone());
                    if line.contains(text) {
                        return line;
                    }
                }
                Err(_) => panic!("it never said {text:?}, but:\n{}", self.said.join("\n")),
            }
        }
    }

    /// What it says within some time.
    pub fn says_within(&mut self, time: Duration) -> Vec<String> {
        let until = Instant::now() + time;
        let mut said = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            said.push(line);
        }
        self.said.extend(said.iter().cloned());
        said
    }

    /// A connection.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream
    }

    /// Sends bytes and reads all that comes back.
    pub fn raw(&self, request: impl AsRef<[u8]>) -> Option<Reply> {
        let mut stream = self.connect();
        stream.write_all(request.as_ref()).expect("it is sent");
        let mut bytes = Vec::new();
        // A connection that is cut after the answer is no failure.
        let _ = stream.read_to_end(&mut bytes);
        Reply::of(&bytes)
    }

    /// Asks for a path, with further header lines.
    pub fn ask(&self, method: &str, path: &str, headers: &[&str]) -> Reply {
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|line| line.to_ascii_lowercase().starts_with("host:")) {
            request.push_str(&format!("Host: 127.0.0.1:{}\r\n", self.port));
        }
        for line in headers {
            request.push_str(&format!("{line}\r\n"));
        }
        self.raw(request + "\r\n").unwrap_or_else(|| panic!("no answer to {method} {path}"))
    }

    /// Gets a path.
    pub fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, &[])
    }

    /// Waits until a page has some text.
    pub fn wait_until(&self, path: &str, is_so: impl Fn(&Reply) -> bool) -> Reply {
        let until = Instant::now() + PATIENCE;
        loop {
            let reply = self.get(path);
            if is_so(&reply) {
                return reply;
            }
            assert!(
                Instant::now() < until,
                "{path} stayed: {} {}\nit said:\n{}",
                reply.status,
                reply.text(),
                self.said.join("\n")
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until a page says something.
    pub fn wait_until_says(&self, path: &str, text: &str) {
        self.wait_until(path, |reply| reply.status == 200 && reply.text().contains(text));
    }

    /// Listens to the events for a page that was never seen.
    pub fn events(&self, page: &str) -> Events {
        self.events_since(page, "")
    }

    /// Listens to the events for a page that was seen with a tag.
    pub fn events_since(&self, page: &str, tag: &str) -> Events {
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

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end.
    pub fn ended(&mut self) -> std::process::ExitStatus {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be asked") {
                return status;
            }
            assert!(Instant::now() < until, "it goes on");
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

/// A page that listens.
pub struct Events {
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

    /// The next event: its name and its data.
    pub fn next(&mut self) -> (String, serde_json::Value) {
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

    /// The next event of a name.
    pub fn wait_for(&mut self, name: &str) -> serde_json::Value {
        loop {
            let (found, data) = self.next();
            if found == name {
                return data;
            }
        }
    }
}
