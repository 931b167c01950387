"""The headers of every answer that keep a browser from doing what nobody asked for."""

# Nothing here is for a browser to run, keep or frame; the viewer loosens what it needs.
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
