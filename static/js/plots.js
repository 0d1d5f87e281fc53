/* Paints every <div class="plot" data-figure="#id"> from the JSON block with that id:
   { data, layout, narrow: { layout } }. The figure brings what it shows; how a chart looks
   (type, grid, colours) is decided here, once.

   Colours come as tokens: any string "token:--opt-1" becomes what that CSS variable is in
   the reader's theme, also inside a longer text ("<span style='color:token:--ink-3'>").
   `narrow.layout` is laid over `layout` on a phone.

   A chart that the server drew already (.picture) stays as it is until the reader points at it:
   only then is Plotly loaded, from data-library, and takes the picture's place. */
(() => {
  "use strict";
  const TOKEN = /token:(--[a-z0-9-]+)/g;
  const phone = matchMedia("(max-width: 720px)");
  const CONFIG = {
    displayModeBar: false, displaylogo: false, responsive: true, scrollZoom: false, doubleClick: false,
    showSendToCloud: false, plotlyServerURL: "",
  };

  /* light-dark() is resolved by the browser only in a used colour: ask a hidden element for it. */
  const probe = document.createElement("span");
  probe.hidden = true;
  const colour = (variable) => {
    probe.style.color = "";
    probe.style.color = `var(${variable})`;
    const channels = getComputedStyle(probe).color.match(/\d+/g).slice(0, 3);
    return "#" + channels.map((channel) => Number(channel).toString(16).padStart(2, "0")).join("");
  };

  const resolved = (value) => {
    if (typeof value === "string") return value.replace(TOKEN, (_, name) => colour(name));
    if (Array.isArray(value)) return value.map(resolved);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item)]));
    }
    return value;
  };

  const isObject = (value) => value && typeof value === "object" && !Array.isArray(value);
  const laidOver = (base, top) => {
    const result = { ...base };
    for (const [key, value] of Object.entries(top ?? {})) {
      result[key] = isObject(value) && isObject(result[key]) ? laidOver(result[key], value) : value;
    }
    return result;
  };

  const axis = (font) => ({
    gridcolor: "token:--line-2", linecolor: "token:--line", tickcolor: "token:--line", zeroline: false,
    fixedrange: true, automargin: true, tickfont: font, title: { font, standoff: 10 },
  });
  const houseLayout = () => {
    const font = { family: "Inter, system-ui, sans-serif", size: phone.matches ? 12 : 13, color: "token:--ink-2" };
    return {
      font, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false,
      margin: phone.matches ? { l: 40, r: 10, t: 12, b: 48 } : { l: 52, r: 16, t: 12, b: 48 },
      hovermode: "closest", dragmode: false,
      hoverlabel: { font: { family: font.family, size: 13, color: "token:--surface" }, bgcolor: "token:--ink", bordercolor: "token:--ink" },
      xaxis: { ...axis(font), showgrid: false }, yaxis: axis(font),
    };
  };

  const painted = (source) => {
    const figure = JSON.parse(source.textContent);
    const layout = laidOver(houseLayout(), figure.layout);
    const fitted = phone.matches ? laidOver(layout, figure.narrow?.layout) : layout;
    const data = (phone.matches && figure.narrow?.data) || figure.data;
    return [resolved(data), resolved(fitted)];
  };

  const draw = (plot) => {
    const source = document.querySelector(plot.dataset.figure);
    if (!source || !window.Plotly) return;
    const [data, layout] = painted(source);
    const box = plot.querySelector(".plot-canvas") ?? plot.appendChild(document.createElement("div"));
    box.className = "plot-canvas";
    box.setAttribute("aria-hidden", "true"); /* the plot's own label speaks for the drawing */
    Plotly.react(box, data, layout, CONFIG);
    plot.classList.add("is-live");
  };
  const drawEach = (plots) => {
    document.body.append(probe);
    for (const plot of plots) draw(plot);
    probe.remove();
  };
  const drawAll = (root = document) =>
    drawEach(root.querySelectorAll(".plot[data-figure]:not([data-library]), .plot.is-live"));

  let library;
  const load = (address) => {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      document.head.append(script);
    });
    return library;
  };
  const wake = (plot) => {
    if (!plot || plot.dataset.woken) return;
    plot.dataset.woken = "yes";
    /* What cannot be loaded leaves the picture where it is. */
    load(plot.dataset.library).then(() => drawEach([plot]), () => {});
  };
  document.addEventListener("pointerover", (event) => wake(event.target.closest?.(".plot[data-library]")));

  /* Fonts first: Plotly measures its labels once. */
  const start = () => (document.fonts?.ready ?? Promise.resolve()).then(() => drawAll());
  if (document.readyState === "complete") start();
  else addEventListener("load", start);
  document.addEventListener("crossover:theme", () => drawAll());
  phone.addEventListener("change", () => drawAll());
  document.addEventListener("htmx:afterSettle", (event) => drawAll(event.detail.target.parentNode ?? document));
  /* A chart inside a closed <details> or tab has no width yet: follow its box. */
  const boxes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const canvas = target.querySelector(".plot-canvas");
      if (canvas?.data && target.clientWidth) Plotly.Plots.resize(canvas);
    }
  });
  addEventListener("load", () => document.querySelectorAll(".plot").forEach((plot) => boxes.observe(plot)));
})();
