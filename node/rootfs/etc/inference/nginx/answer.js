// The engine's response is untrusted: only these headers reach a client, and a content type that no browser executes. A response that is
// not a final HTTP/1 response (a tunnel, 1xx with a nested response, text without a status line) ends the connection before the first byte.
function check(r) {
    if (r.status < 200 || r.status > 599 || r.httpVersion < '1') {
        r.status = 502;
        throw Error('not an HTTP response');
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

// Cached for a second in memory, so the size is limited.
function brief(r) {
    check(r);
    if (!(r.headersOut['Content-Length'] <= 1024)) {
        r.status = 502;
        throw Error('response too long to cache');
    }
}

export default {check, brief};
