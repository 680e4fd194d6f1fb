//! `cargo xtask check-deps`: arrows only go down (ARCHITECTURE.md, section 1).

mod map;
mod packages;

use std::process::ExitCode;

use anyhow::Result;

use crate::report::Report;
use crate::workspace;
use packages::{Dependency, Kind, Package};

/// Check and print.
pub(crate) fn run(_arguments: &[String]) -> Result<ExitCode> {
    Ok(report()?.finish("check-deps"))
}

/// Compare every package's dependencies with the map.
pub(crate) fn report() -> Result<Report> {
    let packages = packages::parse(&workspace::metadata()?)?;
    let crates = packages.iter().filter(|package| package.is_crate).count();
    let mut problems: Vec<String> = packages.iter().flat_map(problems).collect();
    if crates > map::MOST_CRATES {
        problems.push(format!(
            "crates/: {crates} crates, at most {} (merge two that change together)",
            map::MOST_CRATES
        ));
    }
    Ok(Report { note: format!("{crates} crates on {} layers", map::LAYERS.len()), problems })
}

fn problems(package: &Package) -> Vec<String> {
    let at = |message: String| format!("{}: {message}", package.manifest);
    let name = package.short_name();
    if !map::is_placed(name) {
        return vec![at(format!(
            "`{name}` has no place: place it on the map (xtask/src/check_deps/map.rs, ARCHITECTURE.md)"
        ))];
    }
    let refused = package.dependencies.iter().filter_map(|dependency| refusal(name, dependency));
    refused.map(at).collect()
}

/// Why this dependency may not be, if so.
fn refusal(name: &str, dependency: &Dependency) -> Option<String> {
    let Some(target) = dependency.short_name() else {
        return map::third_party_refusal(name, dependency);
    };
    if target == name || (dependency.kind == Kind::Dev && target == "testkit") {
        return None;
    }
    (!map::allows(name, target)).then(|| {
        format!(
            "`{name}` may not use `{target}`: {} (meet through an event or a port)",
            map::explain(name, target)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[(&str, Kind)]) -> Package {
        let dependencies = dependencies
            .iter()
            .map(|(name, kind)| Dependency { name: (*name).to_owned(), kind: *kind })
            .collect();
        Package { name: name.to_owned(), manifest: "Cargo.toml".to_owned(), is_crate: true, dependencies }
    }

    #[test]
    fn arrows_down_are_fine() {
        let project = package(
            "tenantry-project",
            &[("tenantry-db", Kind::Normal), ("tenantry-identity", Kind::Normal)],
        );
        assert!(problems(&project).is_empty());
    }

    #[test]
    fn arrows_up_and_sideways_are_named() {
        for (from, to) in [("db", "web"), ("project", "booking"), ("tenancy", "identity"), ("web", "access")]
        {
            let found =
                problems(&package(&format!("tenantry-{from}"), &[(&format!("tenantry-{to}"), Kind::Normal)]));
            assert!(
                found.iter().any(|problem| problem.contains(&format!("`{from}` may not use `{to}`"))),
                "{from} {to}"
            );
        }
    }

    #[test]
    fn the_listed_edges_inside_a_layer_are_fine() {
        assert!(problems(&package("tenantry-access", &[("tenantry-web", Kind::Normal)])).is_empty());
        assert!(problems(&package("tenantry-events", &[("tenantry-web", Kind::Normal)])).is_empty());
    }

    #[test]
    fn the_testkit_is_for_tests_only() {
        assert!(problems(&package("tenantry-db", &[("tenantry-testkit", Kind::Dev)])).is_empty());
        assert_eq!(problems(&package("tenantry-server", &[("tenantry-testkit", Kind::Normal)])).len(), 1);
        assert!(problems(&package("tenantry-testkit", &[("tenantry-server", Kind::Normal)])).is_empty());
    }

    #[test]
    fn xtask_stays_small() {
        assert!(problems(&package("xtask", &[("tenantry-embedded-postgres", Kind::Normal)])).is_empty());
        assert_eq!(problems(&package("xtask", &[("tenantry-kernel", Kind::Normal)])).len(), 1);
    }

    #[test]
    fn an_unknown_crate_is_asked_to_find_its_place() {
        let found = problems(&package("tenantry-misc", &[]));
        assert!(found.iter().any(|problem| problem.contains("place it on the map")));
    }

    #[test]
    fn the_lowest_layer_has_no_runtime() {
        assert_eq!(problems(&package("tenantry-kernel", &[("tokio", Kind::Normal)])).len(), 1);
        assert!(problems(&package("tenantry-kernel", &[("uuid", Kind::Normal)])).is_empty());
    }

    #[test]
    fn pools_stay_in_db() {
        assert!(problems(&package("tenantry-db", &[("deadpool-postgres", Kind::Normal)])).is_empty());
        assert_eq!(problems(&package("tenantry-project", &[("tokio-postgres", Kind::Normal)])).len(), 1);
        assert!(problems(&package("tenantry-project", &[("tokio-postgres", Kind::Dev)])).is_empty());
    }
}
