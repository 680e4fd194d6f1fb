//! What a `User-Agent` says of a device. Anybody can say anything there: it describes, and it gives nothing.

use tenantry_vault::hash_token;

/// Of browsers that name others as well, the one that is meant comes first.
const BROWSERS: [(&str, &str); 12] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("MSIE ", "Internet Explorer"),
    ("Trident/", "Internet Explorer"),
];

/// Systems, and the kind of machine that they are of: a browser that asks for the desktop's pages names another system of
/// the same kind.
const SYSTEMS: [(&str, &str, &str); 9] = [
    ("iPhone", "iOS", "apple"),
    ("iPad", "iPadOS", "apple"),
    ("Android", "Android", "linux"),
    ("CrOS", "ChromeOS", "linux"),
    ("Windows", "Windows", "windows"),
    ("Macintosh", "macOS", "apple"),
    ("Mac OS X", "macOS", "apple"),
    ("Linux", "Linux", "linux"),
    ("X11", "Linux", "linux"),
];

/// What kind of program on what kind of machine has sent a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kind {
    family: String,
    system: Option<&'static str>,
    machine: &'static str,
}

impl Kind {
    /// By a `User-Agent`.
    pub(super) fn of(agent: Option<&str>) -> Self {
        let agent = agent.unwrap_or_default();
        let browser = BROWSERS.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
        let system = SYSTEMS.iter().find(|(mark, ..)| agent.contains(mark));
        Self {
            family: browser.map_or_else(|| program(agent), str::to_owned),
            system: system.map(|(_, name, _)| *name),
            machine: system.map_or("", |(.., machine)| *machine),
        }
    }

    /// For people: `Firefox on Linux`.
    pub(super) fn summary(&self) -> String {
        match (self.family.as_str(), self.system) {
            ("", None) => "Unknown device".to_owned(),
            ("", Some(system)) => system.to_owned(),
            (family, None) => family.to_owned(),
            (family, Some(system)) => format!("{family} on {system}"),
        }
    }

    /// Whether both can be the same program on the same machine, also after an update.
    pub(super) fn resembles(&self, other: &Self) -> bool {
        self.family == other.family && self.machine == other.machine
    }

    /// Tells the same kind of program on the same kind of machine in the same language.
    pub(super) fn fingerprint(&self, languages: &str) -> [u8; 32] {
        let first = languages.split([',', ';']).next().unwrap_or_default().trim().to_lowercase();
        hash_token(&format!("{}\n{}\n{first}", self.family, self.machine))
    }
}

/// The first product that a program names (RFC 9110, 10.1.5), without its version.
fn program(agent: &str) -> String {
    let end = agent.find(['/', ' ', '(']).unwrap_or(agent.len());
    agent.chars().take(end.min(40)).filter(|letter| !letter.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
    const EDGE: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 \
                        Safari/537.36 Edg/141.0.0.0";
    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                          Version/19.0 Mobile/15E148 Safari/604.1";
    const PHONE: &str = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile \
                         Safari/537.36";

    #[test]
    fn a_device_is_called_by_its_browser_and_system() {
        for (agent, summary) in [
            (Some(FIREFOX), "Firefox on Linux"),
            (Some(EDGE), "Edge on Windows"),
            (Some(IPHONE), "Safari on iOS"),
            (Some(PHONE), "Chrome on Android"),
            (Some("curl/8.14.1"), "curl"),
            (Some(""), "Unknown device"),
            (None, "Unknown device"),
        ] {
            assert_eq!(Kind::of(agent).summary(), summary, "{agent:?}");
        }
    }

    #[test]
    fn an_update_and_the_desktops_pages_are_the_same_device_and_another_browser_is_not() {
        fn kind(agent: &str) -> Kind {
            Kind::of(Some(agent))
        }
        assert!(kind(FIREFOX).resembles(&kind(&FIREFOX.replace("144", "150"))));
        let desktop = PHONE.replace("Linux; Android 15", "X11; Linux x86_64");
        assert!(kind(PHONE).resembles(&kind(&desktop)));
        for other in [EDGE, IPHONE, "curl/8.14.1", ""] {
            assert!(!kind(FIREFOX).resembles(&kind(other)), "{other}");
        }
    }

    #[test]
    fn the_language_is_part_of_the_fingerprint() {
        let firefox = Kind::of(Some(FIREFOX));
        assert_eq!(firefox.fingerprint("de-DE,de;q=0.9"), firefox.fingerprint("de-de"));
        assert_ne!(firefox.fingerprint("de"), firefox.fingerprint("hi"));
        assert_ne!(firefox.fingerprint("de"), Kind::of(Some(EDGE)).fingerprint("de"));
    }

    proptest::proptest! {
        #[test]
        fn describing_never_panics(agent in ".{0,120}", languages in ".{0,40}") {
            let kind = Kind::of(Some(&agent));
            proptest::prop_assert!(!kind.summary().is_empty());
            let _ = kind.fingerprint(&languages);
        }
    }
}
