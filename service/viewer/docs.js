// With API keys, the description itself needs one: it is asked for, and kept for this tab only.
const KEY = "passfail-api-key";

async function start() {
  let answer = await fetch("openapi.json", { headers: headers() });
  while (answer.status === 401) {
    const key = window.prompt("This service asks for an API key:");
    if (key === null) return;
    sessionStorage.setItem(KEY, key.trim());
    answer = await fetch("openapi.json", { headers: headers() });
  }
  const spec = await answer.json();
  if (!answer.ok) {
    document.getElementById("api").textContent = spec.detail;
    return;
  }
  window.SwaggerUIBundle({
    spec,
    dom_id: "#api",
    requestInterceptor: (request) => {
      Object.assign(request.headers, headers());
      return request;
    },
  });
}

// What no header can hold is no key, and is asked for again.
function headers() {
  const key = sessionStorage.getItem(KEY) ?? "";
  return /^[\x21-\x7e]+$/.test(key) ? { Authorization: `Bearer ${key}` } : {};
}

start().catch(() => {
  document.getElementById("api").textContent = "The service does not answer; load this page again.";
});
