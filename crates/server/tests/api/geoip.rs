//! Where sign-ins come from, by databases that the tests write themselves.

use std::net::Ipv4Addr;
use std::path::Path;

use serde_json::{Map, Value, json};
use tenantry_testkit::{Options, PASSWORD, World};

use crate::sign_in::{advance, text};

/// Networks of 24 bits, and what is known of them.
type Known<'a> = [(&'a str, Value)];

#[derive(Clone, Copy)]
enum Record {
    Nothing,
    Node(usize),
    Data(usize),
}

/// A database as the MaxMind DB file format, version 2.0, describes it: IPv4, records of 24 bits.
fn database(known: &Known<'_>) -> Vec<u8> {
    let (mut nodes, mut data) = (vec![[Record::Nothing; 2]], Vec::new());
    for (network, value) in known {
        let bits = network.parse::<Ipv4Addr>().unwrap().to_bits();
        let (at, mut node) = (data.len(), 0);
        encode(value, &mut data);
        for depth in 0..24 {
            let side = usize::from(bits >> (31 - depth) & 1 == 1);
            if depth == 23 {
                nodes[node][side] = Record::Data(at);
            } else if let Record::Node(next) = nodes[node][side] {
                node = next;
            } else {
                nodes.push([Record::Nothing; 2]);
                nodes[node][side] = Record::Node(nodes.len() - 1);
                node = nodes.len() - 1;
            }
        }
    }
    let mut file = Vec::new();
    for record in nodes.iter().flatten() {
        let number = match record {
            Record::Nothing => nodes.len(),
            Record::Node(number) => *number,
            Record::Data(at) => nodes.len() + 16 + at,
        };
        file.extend(&u32::try_from(number).unwrap().to_be_bytes()[1..]);
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    encode(
        &json!({
            "binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": 1, "database_type": "Test",
            "description": {"en": "a test"}, "ip_version": 4, "languages": ["en"], "node_count": nodes.len(),
            "record_size": 24,
        }),
        &mut file,
    );
    file
}

/// A value of the data section. None is longer than 28.
fn encode(value: &Value, into: &mut Vec<u8>) {
    let size = |size: usize| u8::try_from(size).unwrap();
    match value {
        Value::Object(map) => {
            into.push(7 << 5 | size(map.len()));
            for (name, value) in map {
                encode(&json!(name), into);
                match value.as_u64() {
                    Some(number) => encode_number(name, number, into),
                    None => encode(value, into),
                }
            }
        }
        Value::Array(items) => {
            into.extend([size(items.len()), 11 - 7]);
            for item in items {
                encode(item, into);
            }
        }
        Value::String(text) => {
            into.push(2 << 5 | size(text.len()));
            into.extend(text.as_bytes());
        }
        Value::Number(number) if number.is_f64() => {
            into.push(3 << 5 | 8);
            into.extend(number.as_f64().unwrap().to_be_bytes());
        }
        other => panic!("{other}"),
    }
}

/// Numbers have the width that readers expect of their field.
fn encode_number(name: &str, number: u64, into: &mut Vec<u8>) {
    match name {
        "build_epoch" => {
            into.extend([8, 9 - 7]);
            into.extend(number.to_be_bytes());
        }
        "node_count" | "autonomous_system_number" => {
            into.push(6 << 5 | 4);
            into.extend(u32::try_from(number).unwrap().to_be_bytes());
        }
        _ => {
            into.push(5 << 5 | 2);
            into.extend(u16::try_from(number).unwrap().to_be_bytes());
        }
    }
}

fn city(country: &str, latitude: f64, longitude: f64) -> Value {
    json!({"country": {"iso_code": country}, "location": {"latitude": latitude, "longitude": longitude}})
}

const BERLIN: &str = "203.0.113.0";
const POTSDAM: &str = "192.0.2.0";
const DELHI: &str = "198.51.100.0";

fn write(folder: &Path) {
    let cities = database(&[
        (BERLIN, city("DE", 52.52, 13.41)),
        (POTSDAM, city("DE", 52.39, 13.06)),
        (DELHI, city("IN", 28.61, 77.21)),
    ]);
    std::fs::write(folder.join("cities.mmdb"), cities).unwrap();
    let of = |number: u32| json!({"autonomous_system_number": number});
    let systems = database(&[(BERLIN, of(64_496)), (POTSDAM, of(64_496)), (DELHI, of(64_511))]);
    std::fs::write(folder.join("systems.mmdb"), systems).unwrap();
}

async fn world(folder: &Path) -> World {
    let setting = |key: &str, value: String| (key.to_owned(), value);
    let settings = vec![
        setting("http.trusted_proxies", "127.0.0.1/32".to_owned()),
        setting("geoip.database", folder.join("cities.mmdb").display().to_string()),
        setting("geoip.asn_database", folder.join("systems.mmdb").display().to_string()),
    ];
    let clock = Some("2026-11-05T12:00:00Z".parse().unwrap());
    World::with(Options { settings, clock, ..Options::default() }).await
}

/// Sign in from a network, on a device that is known when there is a token; the line of the history, and the token.
async fn from(
    world: &World,
    email: &str,
    network: &str,
    token: Option<&str>,
) -> (Map<String, Value>, String) {
    let ip = format!("{}.77", network.strip_suffix(".0").unwrap());
    let at_a = world.client().header("x-tenant-slug", &world.a.slug).header("x-forwarded-for", &ip);
    let body = json!({"email": email, "password": PASSWORD, "device_token": token});
    let answer = at_a.post("/api/v1/auth/login", &body).await.expect(200);
    let client = world.client().with_token(&text(&answer, "access_token"));
    let history = client.get("/api/v1/auth/history").await.expect(200).body["data"][0].clone();
    let token = token.map_or_else(|| text(&answer, "device_token"), str::to_owned);
    (history.as_object().unwrap().clone(), token)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_country_and_a_way_too_long_are_noted_and_told() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let world = world(folder.path()).await;
    let (email, _) = world.create_user_a("ada", "user").await;
    let (first, token) = from(&world, &email, BERLIN, None).await;
    assert_eq!((&first["country"], &first["signals"]), (&json!("DE"), &json!([])));
    let token = Some(token.as_str());
    let (near, _) = from(&world, &email, POTSDAM, token).await;
    assert_eq!((&near["country"], &near["signals"]), (&json!("DE"), &json!(["new_network"])));
    advance(&world, 3600);
    let (far, _) = from(&world, &email, DELHI, token).await;
    assert_eq!(far["country"], "IN");
    assert_eq!(far["signals"], json!(["new_network", "new_country", "new_asn", "impossible_travel"]));
    let mail = world.message_to(&email, "suspicious_sign_in").await.message;
    assert!(mail.text.contains("198.51.100.77, IN"), "{}", mail.text);
    let path = "/api/v1/events?type=tenantry.session.suspicious";
    let events = world.admin_a().await.get_when(path, |told| told.body["data"] != json!([])).await;
    assert_eq!(events.body["data"][0]["data"]["country"], "IN", "{}", events.text);
    // At a traveller's speed, nothing is impossible.
    advance(&world, 12 * 3600);
    let (back, _) = from(&world, &email, BERLIN, token).await;
    assert_eq!(back["signals"], json!([]));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_read_again_when_the_file_changes() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let world = world(folder.path()).await;
    let (email, _) = world.create_user_a("ada", "user").await;
    let (first, token) = from(&world, &email, BERLIN, None).await;
    assert_eq!(first["country"], "DE");
    let file = folder.path().join("cities.mmdb");
    // What cannot be read does not take the place of what could.
    std::fs::write(&file, b"nonsense").unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(11)).await;
    assert_eq!(from(&world, &email, BERLIN, Some(&token)).await.0["country"], "DE");
    std::fs::write(&file, database(&[(BERLIN, city("AT", 48.2, 16.4))])).unwrap();
    for round in 0.. {
        let (line, _) = from(&world, &email, BERLIN, Some(&token)).await;
        if line["country"] == "AT" {
            break;
        }
        assert!(round < 30, "not read again: {line:?}");
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    world.end().await;
}
