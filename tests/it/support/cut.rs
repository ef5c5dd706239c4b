//! Owns a proxy that loses a connection at a migration's COMMIT, before the server gets it or
//! after the server has carried it out. Must never change a byte that it passes on.

use super::server::port;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Where the connection is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The server never gets the COMMIT.
    Before,
    /// The server carries it out; its answer is lost.
    After,
}

/// What becomes of connections that come after the loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    Accept,
    Refuse,
}

/// A proxy that cuts one connection, once.
pub(crate) struct Scissors {
    pub(crate) port: u16,
    state: Arc<State>,
}

struct State {
    marker: String,
    cut: Cut,
    then: Then,
    done: AtomicBool,
    ended: AtomicBool,
}

/// PostgreSQL manual, "Message Formats": Query, and ReadyForQuery outside a transaction.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";
const READY: &[u8] = b"Z\0\0\0\x05I";

impl Scissors {
    /// Cuts at the first COMMIT after the client has sent this text.
    pub(crate) fn at_commit_after(marker: &str, cut: Cut, then: Then) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        let port = listener.local_addr().expect("it is bound").port();
        let state = Arc::new(State {
            marker: marker.to_owned(),
            cut,
            then,
            done: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        });
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let refuse = shared.done.load(Ordering::SeqCst) && shared.then == Then::Refuse;
                if refuse || shared.ended.load(Ordering::SeqCst) {
                    return;
                }
                serve(stream.expect("a connection"), &shared);
            }
        });
        Self { port, state }
    }

    /// Whether the connection was cut.
    pub(crate) fn has_cut(&self) -> bool {
        self.state.done.load(Ordering::SeqCst)
    }
}

impl Drop for Scissors {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let _woken = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(client: TcpStream, state: &Arc<State>) {
    let server = TcpStream::connect(("127.0.0.1", port())).expect("the test server");
    for stream in [&client, &server] {
        stream.set_nodelay(true).expect("an option of the socket");
    }
    let copy = |stream: &TcpStream| stream.try_clone().expect("a second handle");
    let committing = Arc::new(AtomicBool::new(false));
    let back = (copy(&server), copy(&client), Arc::clone(state), Arc::clone(&committing));
    thread::spawn(move || pass_back(back.0, back.1, &back.2, &back.3));
    let state = Arc::clone(state);
    thread::spawn(move || pass_on(client, server, &state, &committing));
}

/// From the client to the server.
fn pass_on(mut client: TcpStream, mut server: TcpStream, state: &State, committing: &AtomicBool) {
    let mut buffer = [0; 65536];
    let mut armed = false;
    while let Ok(length @ 1..) = client.read(&mut buffer) {
        let sent = &buffer[..length];
        armed |= find(sent, state.marker.as_bytes()).is_some();
        let commit = find(sent, COMMIT).filter(|_| armed && !state.done.load(Ordering::SeqCst));
        let passed = match (commit, state.cut) {
            (Some(at), Cut::Before) => {
                state.done.store(true, Ordering::SeqCst);
                let _lost_anyway = server.write_all(&sent[..at]);
                break;
            }
            (Some(_), Cut::After) => {
                committing.store(true, Ordering::SeqCst);
                server.write_all(sent)
            }
            (None, _) => server.write_all(sent),
        };
        if passed.is_err() {
            break;
        }
    }
    close(&client, &server);
}

/// From the server to the client.
fn pass_back(mut server: TcpStream, mut client: TcpStream, state: &State, committing: &AtomicBool) {
    let mut buffer = [0; 65536];
    while let Ok(length @ 1..) = server.read(&mut buffer) {
        let answer = &buffer[..length];
        if committing.load(Ordering::SeqCst) {
            if find(answer, READY).is_some() {
                state.done.store(true, Ordering::SeqCst);
                break;
            }
        } else if client.write_all(answer).is_err() {
            break;
        }
    }
    close(&client, &server);
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

fn close(one: &TcpStream, other: &TcpStream) {
    for stream in [one, other] {
        // Already closed is as good.
        let _closed = stream.shutdown(Shutdown::Both);
    }
}
