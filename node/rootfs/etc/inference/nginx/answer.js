// What the engine answers is data: of its headers only these reach a client, with a type that no browser runs. What is no final answer of
// HTTP/1 (a tunnel, 1xx with an answer inside it, text without a status line) ends the connection before a byte of it was sent.
function check(r) {
    if (r.status < 200 || r.status > 599 || r.httpVersion < '1') {
        r.status = 502;
        throw Error('no answer of HTTP');
    }
    for (const name in r.headersOut) {
        if (!/^content-(type|length)$/i.test(name)) {
            delete r.headersOut[name];
        }
    }
    if (!/^(application\/json|text\/event-stream|application\/octet-stream)\b/i.test(r.headersOut['Content-Type'])) {
        r.headersOut['Content-Type'] = 'application/octet-stream';
    }
}

// What is kept for a second is in memory: no more of it than this.
function brief(r) {
    check(r);
    if (!(r.headersOut['Content-Length'] <= 1024)) {
        r.status = 502;
        throw Error('an answer without an end');
    }
}

export default {check, brief};
