//! Where a run writes: a directory that every executor reaches at the same path, or an object store.

use std::fmt;
use std::future::Future;
use std::io::{self, Read, Write};
use std::path::Path as FilePath;
use std::sync::{Arc, Mutex};
use std::thread;

use datafusion::common::config::ConfigOptions;
use datafusion::error::{DataFusionError, Result};
use datafusion::object_store::local::LocalFileSystem;
use datafusion::object_store::path::Path;
use datafusion::object_store::{
    Error as StoreError, MultipartUpload, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload,
};
use futures::TryStreamExt;
use tokio::runtime::Runtime;
use url::Url;

/// Keys and regions of stores, by the names of the engine's options.
pub(crate) type Settings = Vec<(String, String)>;

/// Those of a session.
pub(crate) fn settings(options: &ConfigOptions) -> Settings {
    let of_stores = options.entries().into_iter().filter(|entry| entry.key.starts_with("s3."));
    of_stores.filter_map(|entry| Some((entry.key, entry.value?))).collect()
}

/// A folder. What is asked of it is done when the call returns, on whichever thread it is made.
pub(crate) struct Place {
    store: Arc<dyn ObjectStore>,
    root: Path,
    url: String,
    /// There until it is dropped.
    runtime: Option<Runtime>,
}

impl Drop for Place {
    /// Without waiting, which another runtime forbids.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.url)
    }
}

impl Place {
    /// The folder at a path, which must be there, or at a URL.
    pub(crate) fn open(url: &str, settings: &Settings) -> Result<Self> {
        // A connection lives on the runtime that made it.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let url = url.trim_end_matches('/').to_owned();
        let (store, root): (Arc<dyn ObjectStore>, _) = if url.contains("://") {
            let parsed = Url::parse(&url).map_err(|error| failed("open", &url, error))?;
            let path = Path::from_url_path(parsed.path()).map_err(|error| failed("open", &url, error))?;
            (store(&parsed, settings).map_err(|error| failed("open", &url, error))?, path)
        } else {
            if !FilePath::new(&url).is_dir() {
                let problem = "no such directory here; every executor needs it at this path";
                return Err(failed("write to", &url, problem));
            }
            let store = LocalFileSystem::new_with_prefix(&url).map_err(|error| failed("open", &url, error))?;
            (Arc::new(store.with_automatic_cleanup(true)), Path::default())
        };
        Ok(Self { store, root, url, runtime: Some(runtime) })
    }

    /// The URL or path of what has this name.
    pub(crate) fn url(&self, name: &str) -> String {
        format!("{}/{name}", self.url)
    }

    fn path(&self, name: &str) -> Path {
        name.split('/').fold(self.root.clone(), |path, part| path.join(part))
    }

    /// Waits, also where a runtime forbids it.
    fn wait<T: Send, E: Send + From<io::Error>>(
        &self,
        future: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, E> {
        let ended = || E::from(io::Error::other("the store's client ended"));
        let runtime = self.runtime.as_ref().ok_or_else(ended)?;
        thread::scope(|scope| scope.spawn(|| runtime.block_on(future)).join().unwrap_or_else(|_| Err(ended())))
    }

    fn ask<T: Send>(
        &self,
        (verb, name): (&str, &str),
        future: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T> {
        let asked = async { future.await.map_err(|error| failed(verb, &self.url(name), error)) };
        self.wait(asked)
    }

    pub(crate) fn put(&self, name: &str, content: impl Into<Vec<u8>>) -> Result<()> {
        let (path, content) = (self.path(name), PutPayload::from(content.into()));
        self.ask(("write", name), async { self.store.put(&path, content).await.map(drop) })
    }

    /// Writes what is not there yet; `false` where it is.
    pub(crate) fn put_new(&self, name: &str, content: impl Into<Vec<u8>>) -> Result<bool> {
        let (path, content) = (self.path(name), PutPayload::from(content.into()));
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        self.ask(("write", name), async {
            match self.store.put_opts(&path, content, options).await {
                Ok(_) => Ok(true),
                Err(StoreError::AlreadyExists { .. }) => Ok(false),
                Err(error) => Err(error),
            }
        })
    }

    pub(crate) fn get(&self, name: &str) -> Result<Vec<u8>> {
        let path = self.path(name);
        self.ask(("read", name), async { Ok(self.store.get(&path).await?.bytes().await?.to_vec()) })
    }

    /// The names of all that is in a folder, sorted.
    pub(crate) fn names(&self, folder: &str) -> Result<Vec<String>> {
        let path = self.path(folder);
        let found = self.ask(("list", folder), self.store.list(Some(&path)).try_collect::<Vec<_>>())?;
        let prefix = if self.root.as_ref().is_empty() { String::new() } else { format!("{}/", self.root) };
        let names = found.iter().filter_map(|found| found.location.as_ref().strip_prefix(&prefix));
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort_unstable();
        Ok(names)
    }

    pub(crate) fn rename(&self, from: &str, to: &str) -> Result<()> {
        let (old, new) = (self.path(from), self.path(to));
        self.ask(("write", to), async { self.store.rename(&old, &new).await })
    }

    /// Removes what may be there.
    pub(crate) fn remove(&self, name: &str) -> Result<()> {
        let path = self.path(name);
        self.ask(("remove", name), async {
            match self.store.delete(&path).await {
                Err(StoreError::NotFound { .. }) => Ok(()),
                removed => removed,
            }
        })
    }

    pub(crate) fn remove_all(&self, folder: &str) -> Result<()> {
        self.names(folder)?.iter().try_for_each(|name| self.remove(name))
    }
}

#[cfg(feature = "object-store")]
fn store(url: &Url, settings: &Settings) -> Result<Arc<dyn ObjectStore>> {
    let mut config = crate::engine::base_config();
    for (key, value) in settings {
        config.options_mut().set(key, value)?;
    }
    ballista_core::object_store::runtime_env_with_s3_support(&config)?.object_store_registry.get_store(url)
}

#[cfg(not(feature = "object-store"))]
fn store(_: &Url, _: &Settings) -> Result<Arc<dyn ObjectStore>> {
    Err(DataFusionError::Execution("URLs need a build with --features object-store".to_owned()))
}

/// The engine tries a task again, elsewhere if it can, where the failure is one of input or output.
fn failed(verb: &str, url: &str, problem: impl fmt::Display) -> DataFusionError {
    DataFusionError::IoError(io::Error::other(format!("cannot {verb} {url}: {problem}")))
}

/// What a store takes at a time, and the least that S3 does.
const PART: usize = 8 << 20;

/// A file that is there when it is finished, and not before.
pub(crate) struct PlaceWriter {
    place: Arc<Place>,
    name: String,
    waiting: Vec<u8>,
    /// What makes a large file; one at a time.
    upload: Mutex<Option<Box<dyn MultipartUpload>>>,
}

impl fmt::Debug for PlaceWriter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

impl PlaceWriter {
    pub(crate) fn new(place: &Arc<Place>, name: String) -> Self {
        Self { place: Arc::clone(place), name, waiting: Vec::new(), upload: Mutex::default() }
    }

    fn send(&mut self) -> Result<()> {
        let (place, path) = (Arc::clone(&self.place), self.place.path(&self.name));
        let part = PutPayload::from(std::mem::take(&mut self.waiting));
        let slot = self.upload.get_mut().map_err(|_| failed("write", &self.name, "a write before it failed"))?;
        let upload = match slot {
            Some(upload) => upload,
            none => {
                let begun = async { place.store.put_multipart(&path).await };
                none.insert(place.ask(("write", &self.name), begun)?)
            }
        };
        let sent = upload.put_part(part);
        place.ask(("write", &self.name), sent)
    }

    /// Makes the file.
    pub(crate) fn finish(mut self) -> Result<()> {
        let is_small = self.upload.get_mut().is_ok_and(|upload| upload.is_none());
        if is_small {
            let content = std::mem::take(&mut self.waiting);
            return self.place.put(&self.name, content);
        }
        if !self.waiting.is_empty() {
            self.send()?;
        }
        let Ok(Some(mut upload)) = self.upload.into_inner() else { return Ok(()) };
        self.place.ask(("write", &self.name), async { upload.complete().await.map(drop) })
    }
}

impl Write for PlaceWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= PART {
            self.send().map_err(io::Error::other)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is read of a file at a time.
const PIECE: u64 = 1 << 20;

/// A file, read piece by piece.
#[derive(Debug)]
pub(crate) struct PlaceReader {
    place: Arc<Place>,
    name: String,
    next: u64,
    size: u64,
    piece: io::Cursor<Vec<u8>>,
}

impl PlaceReader {
    pub(crate) fn open(place: &Arc<Place>, name: &str) -> Result<Self> {
        let path = place.path(name);
        let size = place.ask(("read", name), async { place.store.head(&path).await })?.size;
        Ok(Self { place: Arc::clone(place), name: name.to_owned(), next: 0, size, piece: io::Cursor::default() })
    }
}

impl Read for PlaceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.piece.read(buffer)?;
        if read > 0 || self.next == self.size || buffer.is_empty() {
            return Ok(read);
        }
        let (path, end) = (self.place.path(&self.name), self.size.min(self.next + PIECE));
        let piece = async { self.place.store.get_range(&path, self.next..end).await };
        let piece = self.place.ask(("read", &self.name), piece).map_err(io::Error::other)?;
        (self.next, self.piece) = (end, io::Cursor::new(piece.to_vec()));
        self.piece.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_there_when_they_are_finished() {
        let directory = std::env::temp_dir().join(format!("repurchase-place-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let place = Arc::new(Place::open(directory.to_str().unwrap(), &Settings::new()).unwrap());
        assert!(place.put_new("a/lock", "mine").unwrap() && !place.put_new("a/lock", "yours").unwrap());
        assert_eq!(place.get("a/lock").unwrap(), b"mine");
        for (name, size) in [("a/small", 10), ("a/large", 2 * PART + 5)] {
            let mut writer = PlaceWriter::new(&place, name.to_owned());
            let content: Vec<u8> = (0..size).map(|byte| (byte % 251) as u8).collect();
            content.chunks(1 << 20).for_each(|chunk| writer.write_all(chunk).unwrap());
            assert!(!place.names("a").unwrap().contains(&name.to_owned()));
            writer.finish().unwrap();
            let mut read = Vec::new();
            PlaceReader::open(&place, name).unwrap().read_to_end(&mut read).unwrap();
            assert!(read == content, "{name}");
        }
        place.rename("a/small", "b/small").unwrap();
        assert_eq!(place.names("").unwrap(), ["a/large", "a/lock", "b/small"]);
        place.remove("a/lock").unwrap();
        place.remove("a/lock").unwrap();
        place.remove_all("").unwrap();
        assert!(place.names("").unwrap().is_empty());
        std::fs::remove_dir_all(&directory).ok();
        let missing = Place::open("/no/such/place", &Settings::new()).unwrap_err().to_string();
        assert!(missing.contains("cannot write to /no/such/place: no such directory here"), "{missing}");
    }
}
