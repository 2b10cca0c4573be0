//! A small web on loopback: pages, endpoints that note what they receive, and a published folder.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// A server that runs until the test ends.
pub(crate) struct Web {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Folder whose files are served.
    folder: Option<PathBuf>,
    /// Answers by path: status line and headers, body.
    pages: BTreeMap<String, (String, String)>,
    received: Vec<Received>,
    open: usize,
    most: usize,
}

/// A request that was received.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub method: String,
    pub path: String,
    pub body: String,
    pub at: Instant,
}

impl Web {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || answer(stream, &shared));
            }
        });
        Self { address, state }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Serves the files of a folder.
    pub(crate) fn serve(&self, folder: PathBuf) {
        self.state.lock().unwrap().folder = Some(folder);
    }

    /// Answers a path with a status, headers and a body.
    pub(crate) fn page(&self, path: &str, head: &str, body: &str) {
        self.state.lock().unwrap().pages.insert(path.to_owned(), (head.to_owned(), body.to_owned()));
    }

    /// An article that names an endpoint for webmentions.
    pub(crate) fn article(&self, path: &str) {
        let body = format!("<title>Article</title><link rel=webmention href=\"/hook\"><p>{path}");
        self.page(path, "200 OK\r\nContent-Type: text/html", &body);
    }

    /// What was posted to a path.
    pub(crate) fn posted(&self, path: &str) -> Vec<Received> {
        let state = self.state.lock().unwrap();
        state.received.iter().filter(|one| one.method == "POST" && one.path == path).cloned().collect()
    }

    /// All requests.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.state.lock().unwrap().received.clone()
    }

    /// Most connections that were open at once.
    pub(crate) fn most(&self) -> usize {
        self.state.lock().unwrap().most
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) {
    {
        let mut state = state.lock().unwrap();
        state.open += 1;
        state.most = state.most.max(state.open);
    }
    let (head, body) = read(&mut stream);
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = target.split('?').next().unwrap_or_default();
    let found = {
        let mut state = state.lock().unwrap();
        let (method, whole) = (method.to_owned(), target.to_owned());
        state.received.push(Received { method, path: whole, body, at: Instant::now() });
        let page = state.pages.get(target).or_else(|| state.pages.get(path)).cloned();
        page.map(|(head, body)| (head, body.into_bytes())).or_else(|| file(state.folder.as_ref()?, path))
    };
    let (head, body) = found.unwrap_or_else(|| ("404 Not Found".to_owned(), b"no".to_vec()));
    let _ = write!(stream, "HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(&body);
    state.lock().unwrap().open -= 1;
}

fn file(folder: &std::path::Path, path: &str) -> Option<(String, Vec<u8>)> {
    let mut file = folder.join(path.trim_start_matches('/'));
    if file.is_dir() {
        file = file.join("index.html");
    }
    let media_type =
        if file.extension().is_some_and(|e| e == "html") { "text/html; charset=utf-8" } else { "text/plain" };
    Some((format!("200 OK\r\nContent-Type: {media_type}"), std::fs::read(file).ok()?))
}

fn read(stream: &mut TcpStream) -> (String, String) {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_ascii_lowercase();
            let length = lower
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return (head.to_owned(), body.to_owned());
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return (text, String::new()),
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}
