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

function headers() {
  const key = sessionStorage.getItem(KEY);
  return key ? { Authorization: `Bearer ${key}` } : {};
}

start();
