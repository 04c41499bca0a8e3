// Behaviour of the one-file map. Everything that comes from data is set as text, never as HTML.
"use strict";
window.sanbai = (() => {
  const textNode = (tag, text) => {
    const element = document.createElement(tag);
    element.textContent = text;
    return element;
  };

  /** Build a table of label and value from rows [[label, value], ...]. */
  const card = (title, rows) => {
    const box = document.createElement("div");
    box.className = "card";
    const table = document.createElement("table");
    for (const [label, value] of rows) {
      const row = table.insertRow();
      row.insertCell().textContent = label;
      row.insertCell().textContent = value;
    }
    box.append(textNode("strong", title), table);
    return box;
  };

  /** Give a feature its card (on click) and its title (under the pointer). */
  const describe = (feature, layer) => {
    const { title, rows } = window.sanbaiData.cards[feature.properties.card];
    layer.bindPopup(() => card(title, rows), { maxWidth: 320 });
    layer.bindTooltip(() => textNode("span", title), { sticky: true });
  };

  /** Hide labels that would lie on a more important one; the first in the document wins. */
  const thinLabels = (map) => {
    const taken = [];
    const zoom = map.getZoom();
    for (const label of map.getContainer().querySelectorAll(".map-label")) {
      label.classList.remove("hidden");
      const box = label.getBoundingClientRect();
      const clash = taken.some(
        (other) =>
          box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top,
      );
      if (clash || zoom < Number(label.dataset.minZoom)) label.classList.add("hidden");
      else taken.push(box);
    }
  };

  const paper = (map, bounds, size) => {
    document.body.classList.remove("paper-a4", "paper-a3");
    document.body.classList.toggle("on-paper", size !== null);
    if (size !== null) document.body.classList.add(`paper-${size}`);
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(bounds, { animate: false, padding: [6, 6] });
    thinLabels(map);
  };

  /** Set up the map once its layers are there. */
  const start = (map) => {
    const { bounds, labels } = window.sanbaiData;
    const group = L.layerGroup();
    for (const { lon, lat, text, kind, minZoom } of labels) {
      const element = textNode("span", text);
      element.className = `map-label ${kind}`;
      element.dataset.minZoom = minZoom;
      const icon = L.divIcon({ html: element, className: "map-label-holder", iconSize: [0, 0] });
      L.marker([lat, lon], { icon, interactive: false, keyboard: false }).addTo(group);
    }
    group.addTo(map);
    L.control.scale({ imperial: false, maxWidth: 160 }).addTo(map);
    map.fitBounds(bounds, { animate: false, padding: [6, 6] });
    map.setMaxBounds(L.latLngBounds(bounds).pad(0.5));
    map.on("zoomend", () => thinLabels(map));
    thinLabels(map);

    let size = "a4";
    const sheet = document.createElement("style");
    document.head.append(sheet);
    const ready = () => {
      sheet.textContent = `@page { size: ${size} landscape; margin: 8mm; }`;
      paper(map, bounds, size);
    };
    for (const button of document.querySelectorAll("[data-paper]"))
      button.addEventListener("click", () => {
        size = button.dataset.paper;
        ready();
        window.print();
      });
    window.addEventListener("beforeprint", ready);
    window.addEventListener("afterprint", () => paper(map, bounds, null));
    window.addEventListener("resize", () => thinLabels(map));
  };

  return { describe, start };
})();
