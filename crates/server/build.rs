//! Collects the files of the console, so that the binary carries them.
//!
//! When `console/dist` has not been built (`npm run build` needs Node), a page stands in that says so.

use std::error::Error;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::Compression;
use flate2::write::GzEncoder;

/// What compression makes smaller.
const TEXTS: [&str; 7] = ["css", "html", "js", "json", "svg", "txt", "webmanifest"];

fn main() -> Result<(), Box<dyn Error>> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let console = here.join("../../console");
    let dist = console.join("dist");
    let is_built = dist.join("index.html").is_file();
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=assets/no-console");
    // Cargo takes a folder that is missing for one that has changed: then the one above is watched.
    for folder in [&dist, &console] {
        if folder.is_dir() {
            println!("cargo::rerun-if-changed={}", folder.display());
            break;
        }
    }
    let root = if is_built { dist } else { here.join("assets/no-console") };
    let mut paths = Vec::new();
    collect(&root, &mut paths)?;
    paths.sort();
    let mut list = String::from("&[\n");
    for (number, path) in paths.iter().enumerate() {
        let name = path.strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
        let bytes = fs::read(path)?;
        let packed = out.join(format!("console-{number}.gz"));
        let gzip = if is_text(path) {
            let mut encoder = GzEncoder::new(fs::File::create(&packed)?, Compression::best());
            encoder.write_all(&bytes)?;
            encoder.finish()?;
            format!("Some(include_bytes!({:?}))", packed.display().to_string())
        } else {
            "None".to_owned()
        };
        let file = path.canonicalize()?.display().to_string();
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let etag = format!("\"{:016x}\"", hasher.finish());
        writeln!(
            list,
            "    File {{ name: {name:?}, bytes: include_bytes!({file:?}), gzip: {gzip}, etag: {etag:?} }},"
        )?;
    }
    list.push(']');
    fs::write(out.join("console.rs"), list)?;
    Ok(())
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if is_hidden {
            continue;
        }
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_none_or(|extension| extension != "map") {
            paths.push(path);
        }
    }
    Ok(())
}

fn is_text(path: &Path) -> bool {
    path.extension().is_some_and(|extension| TEXTS.iter().any(|text| extension == *text))
}
