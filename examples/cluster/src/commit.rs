//! What a run writes is aside until it is whole.
//!
//! ```text
//! OUT/unfinished-RUN/     what is asked of the executors, the histories, the customers' files: of every attempt
//! OUT/customers/          the files whose attempts counted, moved there when all are made
//! OUT/customers/_SUCCESS  written last, removed first: which files are whole
//! OUT/summary.json
//! ```

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use datafusion::error::Result;
use serde_json::json;
use uuid::Uuid;

use crate::place::{Place, PlaceWriter, Settings};
use crate::single;
use crate::steps::{Format, Labelled};
use crate::table::TableWriter;

const SUCCESS: &str = "customers/_SUCCESS";
/// There while one run puts its files in place of another's.
const LOCK: &str = "customers/_committing";
/// How long another run may take to do so.
const PATIENCE: Duration = Duration::from_secs(30);

/// One run, and where it writes.
pub(crate) struct Run {
    out: Arc<Place>,
    folder: String,
    /// Where the executors write.
    pub(crate) place: Arc<Place>,
    directory: Option<PathBuf>,
}

impl Run {
    /// Of a path or URL; without one, of a directory of its own that nobody will see.
    pub(crate) fn begin(out: Option<&str>, settings: &Settings) -> std::result::Result<Self, Box<dyn Error>> {
        let id = Uuid::new_v4().simple().to_string();
        let folder = format!("unfinished-{id}");
        let temporary = out.is_none().then(|| std::env::temp_dir().join(format!("repurchase-{id}")));
        let (root, directory) = match (out, &temporary) {
            (Some(url), _) if url.contains("://") => (url.to_owned(), None),
            (out, temporary) => {
                let path = out.map(PathBuf::from).or_else(|| temporary.clone()).unwrap_or_default();
                let cannot = |error| format!("cannot write to {}: {error}", path.display());
                fs::create_dir_all(path.join(&folder)).map_err(cannot)?;
                let path = fs::canonicalize(&path).map_err(cannot)?;
                let root = path.to_str().ok_or_else(|| format!("the path {} is not UTF-8", path.display()))?;
                (root.to_owned(), Some(temporary.clone().unwrap_or_else(|| path.join(&folder))))
            }
        };
        let out = Arc::new(Place::open(&root, settings)?);
        let place = Arc::new(Place::open(&out.url(&folder), settings)?);
        Ok(Self { out, folder, place, directory })
    }

    /// Puts the executors' files in place of those of an earlier run, and the summary beside them.
    pub(crate) fn commit(&self, labelled: &Labelled, format: Format, summary: &str) -> Result<()> {
        let start = Instant::now();
        while !self.out.put_new(LOCK, self.folder.as_bytes())? {
            if start.elapsed() > PATIENCE {
                let problem = format!(
                    "cannot write to {}: another run is putting its files there, or was killed while it did; if so, \
                     remove this file",
                    self.out.url(LOCK)
                );
                return Err(datafusion::error::DataFusionError::Execution(problem));
            }
            sleep(Duration::from_millis(200));
        }
        let replaced = self.replace(labelled, format, summary);
        // Also after an error, of which nothing is left that looks whole.
        self.out.remove(LOCK).and(replaced)
    }

    fn replace(&self, labelled: &Labelled, format: Format, summary: &str) -> Result<()> {
        self.out.remove(SUCCESS)?;
        for name in self.out.names("customers")?.iter().filter(|name| *name != LOCK) {
            self.out.remove(name)?;
        }
        let mut files = Vec::new();
        for (number, part) in labelled.files.iter().enumerate() {
            let name = format!("part-{number:05}.{}", format.extension());
            self.out.rename(&format!("{}/{}", self.folder, part.file), &format!("customers/{name}"))?;
            files.push(json!({ "file": name, "customers": part.customers }));
        }
        self.out.put("summary.json", summary)?;
        let whole = json!({ "files": files, "customers": labelled.counted.totals.customers });
        self.out.put(SUCCESS, format!("{whole:#}\n"))
    }

    /// Writes one sorted file of the executors' files, and the summary beside it.
    pub(crate) fn commit_single(&self, labelled: &Labelled, format: Format, scale: u32, summary: &str) -> Result<()> {
        let name = format!("customers.{}", format.extension());
        let aside = |name: &str| format!("{}/{name}", self.folder);
        let table = TableWriter::new(PlaceWriter::new(&self.out, aside(&name)), format, scale)?;
        let files: Vec<_> = labelled.files.iter().map(|part| part.file.as_str()).collect();
        single::merge(&self.place, &files, table)?.finish()?.finish()?;
        self.out.put(&aside("summary.json"), summary)?;
        [name.as_str(), "summary.json"].iter().try_for_each(|name| self.out.rename(&aside(name), name))
    }

    /// Removes what is aside. An executor that is late may still leave a file there.
    pub(crate) fn clear(&self) {
        match &self.directory {
            Some(directory) => drop(fs::remove_dir_all(directory)),
            None => drop(self.out.remove_all(&self.folder)),
        }
    }
}
