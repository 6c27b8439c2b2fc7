//! Every claim and every header, one by one: left out, of each wrong type, or beyond its bounds; and what the library
//! alone lets pass on the version in use, which is why it is not asked alone.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use birgemiz::clock;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use super::{Forge, PATH};
use crate::support::{World, run};

/// Everything that a person's token says.
const CLAIMS: [&str; 10] = ["iss", "aud", "sub", "client_id", "iat", "nbf", "exp", "jti", "role", "sid"];

/// One value of each type of JSON.
fn one_of_each_type() -> [(&'static str, Value); 6] {
    [
        ("null", Value::Null),
        ("a truth", json!(true)),
        ("a number", json!(4_102_444_800_i64)),
        ("a text", json!("4102444800")),
        ("a list", json!(["birgemiz"])),
        ("an object", json!({"birgemiz": "birgemiz"})),
    ]
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Tokens with one claim or header left out, or of another type.
fn without_and_of_wrong_types(forge: &Forge) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for claim in CLAIMS {
        found.push((format!("without {claim}"), forge.without("claims", claim)));
        for (name, value) in one_of_each_type() {
            if kind(&value) != kind(&forge.claims[claim]) {
                found.push((format!("with {name} for {claim}"), forge.claim(claim, value)));
            }
        }
    }
    for field in ["typ", "alg", "kid"] {
        found.push((format!("without {field}"), forge.without("head", field)));
        for (name, value) in one_of_each_type().into_iter().filter(|(_, value)| !value.is_string()) {
            found.push((format!("with {name} for {field}"), forge.head(field, value)));
        }
    }
    found
}

/// Tokens that would have their reader look elsewhere for the key, or mind what it does not know (RFC 8725, section 3.10).
fn with_foreign_headers(forge: &Forge) -> Vec<(String, String)> {
    let away = json!("https://evil.example/keys");
    let own = json!({"kty": "OKP", "crv": "Ed25519", "x": BASE64.encode([7; 32])});
    [
        ("jku", away.clone()),
        ("x5u", away),
        ("jwk", own),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("x")),
        ("crit", json!(["exp"])),
        ("crit", json!(["b64"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
        ("birgemiz", json!(1)),
    ]
    .into_iter()
    .map(|(field, value)| (format!("with the header {field} {value}"), forge.head(field, value)))
    .collect()
}

/// The rows of what a default use of the library accepts (design, 4.3), as our tokens would have them, and more times.
fn beyond_its_bounds(forge: &Forge) -> Vec<(String, String)> {
    let now = clock::now().timestamp();
    let set = |claims: &[(&str, Value)]| {
        let mut all = forge.claims.clone();
        for (name, value) in claims {
            all[*name] = value.clone();
        }
        forge.sign(&forge.head, &all)
    };
    let twice = |field: &str, value: &str| {
        let claims = forge.claims.to_string();
        let claims = format!("{{\"{field}\":{value},{}", claims.trim_start_matches('{'));
        let text = format!("{}.{}", BASE64.encode(forge.head.to_string()), BASE64.encode(claims));
        format!("{text}.{}", BASE64.encode(forge.key.sign(text.as_bytes())))
    };
    let rows = [
        ("aud among others", set(&[("aud", json!(["x", "birgemiz"]))])),
        ("aud of another case", set(&[("aud", json!("Birgemiz"))])),
        ("aud empty", set(&[("aud", json!(""))])),
        ("iss with a slash", set(&[("iss", json!("birgemiz/"))])),
        (
            "exp 59 s ago",
            set(&[("iat", json!(now - 600)), ("nbf", json!(now - 600)), ("exp", json!(now - 59))]),
        ),
        (
            "exp 6 s ago",
            set(&[("iat", json!(now - 600)), ("nbf", json!(now - 600)), ("exp", json!(now - 6))]),
        ),
        ("exp in words", set(&[("exp", json!("never"))])),
        ("exp 1e300", set(&[("exp", json!(1e300))])),
        ("exp with a fraction", set(&[("exp", json!(f64::from(i32::MAX) + 0.5))])),
        ("exp negative", set(&[("exp", json!(-1))])),
        ("exp in the year 9999", set(&[("exp", json!(253_402_300_799_i64))])),
        ("exp a second longer than ours", set(&[("iat", json!(now)), ("exp", json!(now + 601))])),
        ("iat an hour ahead", set(&[("iat", json!(now + 3_600)), ("exp", json!(now + 4_200))])),
        ("iat after exp", set(&[("iat", json!(now + 500)), ("exp", json!(now + 400))])),
        ("nbf in an hour", set(&[("nbf", json!(now + 3_600))])),
        ("nbf in an hour, as a text", set(&[("nbf", json!((now + 3_600).to_string()))])),
        ("nbf a text of long ago", set(&[("nbf", json!("9999"))])),
        ("typ of a refresh token", forge.head("typ", json!("refresh+jwt"))),
        ("typ with its full name", forge.head("typ", json!("application/at+jwt"))),
        ("sub twice", twice("sub", "\"usr_01jd9x0q3vfhz8w2k5m7n6t4ra\"")),
        ("exp twice", twice("exp", "1")),
        ("a partner app's claims beside", set(&[("scope", json!("requests:read"))])),
        ("sub of another kind", set(&[("sub", json!("key_01jd9x0q3vfhz8w2k5m7n6t4ra"))])),
        ("sid of another kind", set(&[("sid", json!("usr_01jd9x0q3vfhz8w2k5m7n6t4ra"))])),
    ];
    rows.into_iter().map(|(name, token)| (format!("with {name}"), token)).collect()
}

#[test]
fn each_claim_and_each_header_must_be_there_of_its_type_and_within_its_bounds() {
    run(async {
        let world = World::new().await;
        let forge = Forge::new(&world);
        let caller = world.nobody();
        caller.with_token(forge.sign(&forge.head, &forge.claims)).get(PATH).await.refused(404, "not_found");
        let claims: Vec<&str> = forge.claims.as_object().unwrap().keys().map(String::as_str).collect();
        let mut known = CLAIMS.to_vec();
        known.sort_unstable();
        assert_eq!(claims, known, "a claim that is new is tried here too");
        let tried =
            [without_and_of_wrong_types(&forge), with_foreign_headers(&forge), beyond_its_bounds(&forge)]
                .concat();
        assert!(tried.len() > 100, "{}", tried.len());
        let mut taken = Vec::new();
        for (wrong, token) in tried {
            let answer = caller.with_token(token).get(PATH).await;
            if answer.status != 401 {
                taken.push(format!("{wrong}: {}", answer.status));
            }
        }
        assert!(taken.is_empty(), "tokens were taken:\n{}", taken.join("\n"));
    });
}

/// Why we look ourselves. Should a version of the library refuse more by itself, this tells.
#[test]
fn what_the_library_alone_would_take_is_known() {
    run(async {
        let world = World::new().await;
        let forge = Forge::new(&world);
        let now = clock::now().timestamp();
        let jwks: Value = world.nobody().get("/.well-known/jwks.json").off_contract().await.expect(200);
        let key = serde_json::from_value(jwks["keys"][0].clone()).unwrap();
        let key = DecodingKey::from_jwk(&key).unwrap();
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&["birgemiz"]);
        validation.set_issuer(&["birgemiz"]);
        let takes = |token: &str| jsonwebtoken::decode::<Value>(token, &key, &validation).is_ok();
        let ran_out = forge.times(-600, -59);
        let far = forge.claim("exp", json!(253_402_300_799_i64));
        let rows = [
            ("aud missing", forge.without("claims", "aud"), true),
            ("aud a number", forge.claim("aud", json!(123)), true),
            ("iss an object", forge.claim("iss", json!({})), true),
            ("aud among others", forge.claim("aud", json!(["x", "birgemiz"])), true),
            ("exp 59 s ago", ran_out, true),
            ("exp in words", forge.claim("exp", json!("never")), false),
            ("exp in the year 9999", far, true),
            ("iat an hour ahead", forge.claim("iat", json!(now + 3_600)), true),
            ("typ of a refresh token", forge.head("typ", json!("refresh+jwt")), true),
            ("nbf in an hour", forge.claim("nbf", json!(now + 3_600)), true),
            ("an unknown crit", forge.head("crit", json!(["birgemiz"])), true),
            ("alg none", forge.head("alg", json!("none")), false),
        ];
        let told: Vec<(&str, bool)> = rows.iter().map(|(name, token, _)| (*name, takes(token))).collect();
        let expected: Vec<(&str, bool)> = rows.iter().map(|(name, _, taken)| (*name, *taken)).collect();
        assert_eq!(told, expected);
    });
}
