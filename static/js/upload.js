// Makes the upload's plain form nicer: a file can be dropped on it, and its way is shown.
// Without this script the browser sends the form itself.
// What it says stands in the form's data-say-… attributes, in the reader's language.

const state = { request: null };

function parts(form) {
  const find = (id) => form.querySelector(`#${id}`);
  return {
    input: form.querySelector("input[type=file]"),
    zone: find("drop-zone"),
    progress: find("upload-progress"),
    bar: find("upload-progress-bar"),
    text: find("upload-progress-text"),
    cancel: find("upload-cancel"),
    button: form.querySelector("button[type=submit]"),
  };
}

function words(form, name, values = {}) {
  return form.dataset[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

function say(form, sentence) {
  const { zone, input } = parts(form);
  zone.querySelector("[role=alert]")?.remove();
  input.removeAttribute("aria-invalid");
  if (!sentence) return;
  const alert = document.createElement("div");
  alert.setAttribute("role", "alert");
  alert.append(Object.assign(document.createElement("p"), { className: "field-error", textContent: sentence }));
  zone.append(alert);
  input.setAttribute("aria-invalid", "true");
}

function tooLarge(form, files) {
  const size = Array.from(files).reduce((sum, file) => sum + file.size, 0);
  if (size <= Number(form.dataset.limit)) return false;
  const values = { name: files[0].name, limit: form.dataset.limitText };
  say(form, words(form, files.length === 1 ? "sayFileTooLarge" : "sayFilesTooLarge", values));
  return true;
}

function show(form, loaded, total) {
  const { bar, text } = parts(form);
  if (loaded >= total) {
    bar.removeAttribute("value");
    text.textContent = words(form, "saySent");
    return;
  }
  const percent = Math.floor((100 * loaded) / total);
  bar.value = percent;
  if (percent % 10 === 0) text.textContent = words(form, "saySending", { percent });
}

function busy(form, yes) {
  const { progress, button } = parts(form);
  progress.hidden = !yes;
  button.disabled = yes;
  if (!yes) state.request = null;
}

function finish(form, request) {
  busy(form, false);
  if (request.status === 201) {
    window.location.assign(JSON.parse(request.responseText).location);
  } else if (request.status === 422) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const fresh = document.importNode(page.querySelector("#upload-form"), true);
    form.replaceWith(fresh);
    enhance(fresh);
    fresh.querySelector("input[type=file]").focus();
  } else {
    say(form, words(form, "sayNotTaken"));
  }
}

function send(form) {
  const request = new XMLHttpRequest();
  state.request = request;
  request.open("POST", form.action);
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) show(form, event.loaded, event.total);
  });
  request.addEventListener("load", () => finish(form, request));
  request.addEventListener("abort", () => busy(form, false));
  request.addEventListener("error", () => {
    busy(form, false);
    say(form, words(form, "sayLost"));
  });
  request.send(new FormData(form));
  show(form, 0, 1);
  busy(form, true);
}

function takeDrops(form) {
  const { zone, input } = parts(form);
  const over = (yes) => (event) => {
    event.preventDefault();
    zone.classList.toggle("is-over", yes);
  };
  zone.addEventListener("dragenter", over(true));
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    say(form, "");
    tooLarge(form, input.files);
  });
}

function enhance(form) {
  const { input, cancel, zone } = parts(form);
  zone.querySelector(".drop-hint").hidden = false;
  takeDrops(form);
  input.addEventListener("change", () => say(form, "") ?? tooLarge(form, input.files));
  cancel.addEventListener("click", () => state.request?.abort());
  form.addEventListener("submit", (event) => {
    if (!input.files.length) return; // the server says what is missing
    event.preventDefault();
    if (!tooLarge(form, input.files) && !state.request) send(form);
  });
}

const form = document.querySelector("#upload-form");
if (form) enhance(form);
