//! What each problem code means, once for everything that tells it: the title of a problem, the pages under
//! `/docs/errors`, and the contract.

use domain::refusal::Code;

/// A code in words.
#[derive(Debug, Clone, Copy)]
pub struct Explained {
    /// In a line, as every such problem is titled.
    pub title: &'static str,
    /// What happened.
    pub happened: &'static str,
    /// What to do.
    pub advice: &'static str,
}

/// Each code with its title, what happened and what to do. A code that is forgotten does not compile.
macro_rules! codes {
    ($($code:ident: $title:literal, $happened:literal, $advice:literal;)+) => {
        /// What a code means and what to do.
        #[must_use]
        pub const fn explained(code: Code) -> Explained {
            match code {
                $(Code::$code => Explained { title: $title, happened: $happened, advice: $advice },)+
            }
        }
    };
}

codes! {
    MalformedJson:
        "The body is not the JSON that this call takes",
        "The body is no JSON, or a field in it is missing or of another type than this call takes.",
        "`detail` and `errors` say where it stopped making sense. Correct it; the idempotency key may be used again.";
    UnknownField:
        "The body has a field that this call does not know",
        "A field was sent that this call would have ignored, which is hardly what its sender wanted.",
        "`errors` names it and those that are known. Leave it out, or spell it as the contract does.";
    UnknownParameter:
        "The query has a parameter that this call does not know",
        "A query parameter was sent that this call would have ignored: a filter that does not filter.",
        "`errors` names it and those that are known.";
    InvalidParameter:
        "A query parameter is not as it must be",
        "A parameter is no number, no date, no such word, or out of its range; or a cursor is not one of ours.",
        "`errors` names the parameter and what it takes. Cursors are opaque: send back what you were given.";
    InvalidHeader:
        "A header is not as it must be",
        "A header is there and cannot be read, such as an Idempotency-Key longer than 255 characters.",
        "`errors` names the header and what it takes.";
    MissingIdempotencyKey:
        "Send an Idempotency-Key header, a new one for each new submission",
        "A partner app sent a POST without a key. Were its connection to break, nobody could tell whether it counted.",
        "Make a random UUID for each submission, keep it with the submission, and send it with every repetition.";
    IdempotencyKeyReused:
        "This Idempotency-Key was used with another body; use a new key",
        "A key stands for one submission, and this one stands for another. Nothing was done.",
        "Send what is new under a new key. To repeat a submission, send the very same bytes.";
    IdempotencyKeyRunning:
        "A call with this Idempotency-Key is still running; repeat it shortly",
        "The same submission arrived twice at once, and the first copy is not done.",
        "Wait as long as `Retry-After` says and send it again: you get the first one's answer.";
    InvalidValue:
        "A value is not as it must be",
        "The body is well formed, but a value in it breaks a rule.",
        "`errors` points at each such value and says what it must be. Nothing was changed, and the key was not used up.";
    UnknownRoute:
        "There is nothing at this path; see /docs",
        "No call lives at this path. Ids, when they are wrong, give `not_found` instead.",
        "Compare the path with the contract at /openapi.yaml.";
    NotAcceptable:
        "This call answers in none of the media types that Accept names",
        "The call answers JSON; a list of things with a place, GeoJSON too.",
        "Send `Accept: application/json`, or `application/geo+json` where the contract lists it, or none.";
    MethodNotAllowed:
        "This path does not take that method; the Allow header lists those taken",
        "The path is right and the method is not.",
        "Use one that `Allow` lists.";
    UnsupportedMediaType:
        "Send the media type that this call documents",
        "The body came under a Content-Type that this call does not read.",
        "Send `Content-Type: application/json`; pictures and files under the types that the contract lists.";
    BodyTooLarge:
        "The body is larger than this call takes",
        "Usual bodies have 64 KiB at most, many things at once 1 MiB, photos 12 MiB.",
        "Send less at once: bulk calls take up to 500 items each, and files can be imported in parts.";
    BodyTooSlow:
        "The body did not arrive in time; send it again",
        "After ten seconds of grace a body must arrive at 10 KiB a second.",
        "Send it again, under the same idempotency key, where the reception is better.";
    HeadTooLarge:
        "The headers, or the path and query, are longer than any call needs",
        "The request's head has more than 16 KiB.",
        "Look for a cookie or a token that does not belong there.";
    WrongHost:
        "This service is not called by the name in the Host header",
        "The call came to a server that does not answer to that host: a proxy or a DNS entry leads astray, or the name is made up.",
        "Call the service by the address that its operator gave you. Operators list its names in the setting `public_hosts`.";
    Unauthenticated:
        "Send a valid access token as Authorization: Bearer",
        "There is no token, it has run out, or whoever it names was disabled or revoked.",
        "Get another token, by `refreshSession` or `issuePartnerToken`, and repeat the call. They are good for ten minutes.";
    WrongCredentials:
        "The credentials are not right",
        "No such account, or not that password or secret. Which of them is not told.",
        "Check them. After ten wrong guesses an account has to wait.";
    TooManyAttempts:
        "Too many attempts; wait as long as Retry-After says",
        "There were too many wrong guesses at this account or code, or from this address, or too many doors were opened.",
        "Wait. What is right is refused too until then, so trying on does not help.";
    QuotaExceeded:
        "Your quota is used up for now; wait as long as Retry-After says",
        "More calls were made than the caller's quota admits. `RateLimit-Policy` and `RateLimit` tell which, in every answer.",
        "Wait as long as `Retry-After` says. Bulk calls and the event feed need fewer calls than polling.";
    TooManyStreams:
        "You have as many streams of events open as one caller may; close one first",
        "Each caller may listen to so many streams at one server at once; an operator can set how many.",
        "Close streams that nobody reads. One stream tells everything; sort it out on your side instead of opening one per kind.";
    Forbidden:
        "Your role may not do this",
        "The call exists, and is not for callers of this kind.",
        "The description of the operation says whom it is for.";
    StepUpRequired:
        "Show once more who you are, and repeat the call",
        "This is for people who showed a password or a code within the last five minutes: lists that leave the house, erasing, people who may log in, secrets and keys of partner apps.",
        "Call `stepUp` with the password, or with a code that `askCode` sends to your address, and then this again.";
    AuthenticatorCodeRequired:
        "A code of the authenticator is missing",
        "What was shown is right, and this person has an authenticator: without a code of it nobody is logged in by a password, a letter or a link. What works once is not used up.",
        "Send the same again with `authenticator_code`: the six digits that the app shows now, or a recovery code.";
    WrongAuthenticatorCode:
        "The authenticator's code is wrong or was used",
        "Each code is good once, for about a minute; a recovery code is good once. After ten wrong ones in a quarter of an hour nobody is told whether another is right.",
        "Wait for the next code and send that. A code or link of a letter was used up: ask for another.";
    MissingScope:
        "The partner's credentials lack the scope for this",
        "Partner apps may do what their scopes say, and nothing else.",
        "Ask an administrator for a partner app with the scope that the operation names.";
    LinkNotValid:
        "This link was used already, ran out, or never was",
        "Links to set a password, to log in or to begin work once.",
        "Ask whoever sent it for another.";
    InvitationNotValid:
        "This invitation code was used up, ran out, was revoked, or never was",
        "The code of a volunteer who registers is not good, or not any more.",
        "Ask a coordinator for another.";
    NotFound:
        "There is no such thing, or you may not know of it",
        "The id is wrong, or names something that belongs to somebody else. The two are not told apart.",
        "Check the id, and with whose token you ask.";
    AlreadyExists:
        "There is one already",
        "A name, an e-mail address or an `external_id` is taken.",
        "If it is your own, read it. A submission that is repeated needs the same idempotency key, not a second try.";
    VersionMismatch:
        "It was changed since you read it; read it again",
        "Somebody else changed it between your reading and your writing; nothing was overwritten.",
        "Read it again, make your change anew, and send the version that you have read.";
    OutsideArea:
        "The place lies outside the area",
        "The coordinates are not within the area that was named.",
        "Look for latitude and longitude in the wrong order; else choose the area that holds the place.";
    NotInCampaign:
        "The organisation does not take part in that campaign",
        "Work is done only within campaigns that an organisation leads or has joined.",
        "Let an administrator have it join, or name another campaign.";
    WrongState:
        "It is in a state in which this cannot be done",
        "Requests, claims, deliveries, households and volunteers go through states, and this step does not lead on from here.",
        "`detail` tells the state. Read the object again: somebody else may have been faster.";
    HouseholdNotVerified:
        "Its household is not verified yet",
        "Nobody is sent to a household that no coordinator has verified.",
        "A coordinator verifies it; its requests open by themselves then.";
    HouseholdTakesNoRequests:
        "The household is rejected, suspended or archived",
        "Nothing is filed for a household that is not served, or not now.",
        "Ask a coordinator of its organisation. A suspended one can be reinstated.";
    HouseholdNotLocated:
        "Only the district of the household is known; locate its door first",
        "The household was taken in with no more than a landmark or a district, and nobody could find the door.",
        "Put it at its place by `locateHousehold`, then verify it.";
    NotOpen:
        "The request is not open",
        "Only open requests can be claimed. This one waits for a coordinator, or has ended.",
        "Take another. `GET /v1/me/nearby-requests` lists those that are open.";
    AlreadyClaimed:
        "Somebody else has claimed the request",
        "Two wanted it at once, and a request is claimed by one.",
        "Take another.";
    AlreadyYours:
        "You have claimed the request already",
        "The volunteer holds this very claim.",
        "`GET /v1/me/claims` lists it, with its fencing number.";
    ClaimLimitReached:
        "The volunteer holds as many claims as they may",
        "Each volunteer has a limit of requests at once, so that none waits behind too many.",
        "Deliver or release one first. Coordinators can raise the limit of a volunteer.";
    WindowOver:
        "The request's time window is over",
        "Its household wanted it by a time that is past.",
        "Ask the household whether it still needs help, and file another request.";
    NotEligible:
        "The volunteer does not fit the request",
        "A rule is in the way: distance, load, skill, language, transport, hours, rest, or a block.",
        "`detail` names it. Coordinators see all of them at `GET /v1/requests/{id}/why-not`.";
    StaleFence:
        "The request was claimed anew since; this claim acts no more",
        "The fencing number is an earlier claim's. Whoever was away for too long cannot act over the next one's head.",
        "Stop. If the goods are on the way, tell a coordinator.";
    ClaimEnded:
        "The claim has ended",
        "It was completed or released, its lease ran out, or a coordinator revoked it.",
        "Read the claim for the reason. An open request can be claimed again.";
    OfferEnded:
        "The offer can be answered no more",
        "It was answered already, its time is over, or somebody else was sooner. `detail` says which.",
        "`GET /v1/me/offers` lists those that can be answered. An open request can be claimed without an offer.";
    DoorClosed:
        "The door is no longer, or not yet, yours to see",
        "A volunteer sees a door while their claim is active, and for a short grace after they completed it.",
        "Claim the request, or ask the coordinator.";
    PhraseMissing:
        "A hand-over is proven by the household's phrase",
        "`handed_over` was said without the word that only the household knows.",
        "Ask at the door for the phrase; or leave the goods at the door and prove that by a photo or your position.";
    PhraseWrong:
        "That is not the household's phrase",
        "The phrase does not match. Case, accents and spaces do not matter.",
        "Ask again; there are five tries. A forgotten phrase is replaced by `POST /v1/requests/{id}/phrase`.";
    PhraseExhausted:
        "Too many wrong phrases; a coordinator must complete this delivery",
        "Five phrases were wrong.",
        "Call the coordinator, who completes the delivery after a word with the household.";
    PhraseNotExhausted:
        "The holder can still prove this delivery by the phrase",
        "A coordinator completes a delivery in the volunteer's place only when the phrase has failed.",
        "Let the volunteer ask for the phrase.";
    PhotoOrPositionMissing:
        "Leaving at the door is proven by a photo or a position at the door",
        "`left_at_door` was said without either.",
        "Add a photo to the delivery, or send your position with the completion.";
    TooFarFromDoor:
        "The position is too far from the door",
        "The position that was sent proves nothing from there.",
        "Go nearer, wait for a better fix, or add a photo.";
    NotAPhoto:
        "Send a JPEG, PNG or WebP picture of at most 40 megapixels",
        "The bytes are no picture that can be read.",
        "Take it again, or convert it.";
    CallLocked:
        "Another operator makes this call, or you make another one",
        "A call belongs to one operator at a time, and an operator to one call.",
        "Finish the call that you hold, or take the next by `POST /v1/calls/next`.";
    CallNotYours:
        "You do not, or no longer, hold this call; lock it first",
        "How a call went is told by whoever holds it. A lock ends by itself after ten minutes.",
        "Lock it by `POST /v1/calls/{id}/lock`, then tell the outcome.";
    QuietHours:
        "It is too late or too early in that area to call anybody",
        "It is night by the clocks of the household's area.",
        "Call in the morning. The campaign's policy says when that begins (`calls`).";
    NotASandbox:
        "These credentials belong to no sandbox; real time cannot be moved",
        "Time is advanced in sandboxes only, by partner apps that belong to one.",
        "Use the key that `birgemiz sandbox create` printed. The guide on sandboxes tells more.";
    UnreadableFile:
        "The file cannot be read as a table of rows; its detail says what to do",
        "Its encoding, its separators or its first row make no table.",
        "Begin with the template of that kind of file, `GET /v1/imports/templates/{kind}`.";
    Overloaded:
        "The service is busy; repeat the call after Retry-After",
        "More is asked than can be done in time, or the database is away. Nothing was done, as far as is known.",
        "Wait as long as `Retry-After` says and send the same again, under the same idempotency key.";
    Internal:
        "Something failed on our side; nothing was changed",
        "A fault of the service. It is in its log under `request_id`.",
        "Send the same again once, under the same idempotency key; if it fails again, tell the operator the `request_id`.";
}
