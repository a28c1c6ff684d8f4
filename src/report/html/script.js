"use strict";
(function () {
  function two(n) { return n.toLocaleString("en-US", { maximumFractionDigits: n < 10 ? 1 : 0 }); }
  function shown(value, unit) {
    if (value === null) { return "–"; }
    if (unit !== "us") { return two(value) + unit; }
    if (value >= 1e6) { return (value / 1e6).toFixed(2) + " s"; }
    return value >= 1e3 ? (value / 1e3).toFixed(1) + " ms" : Math.round(value) + " µs";
  }
  document.querySelectorAll("svg[data-chart]").forEach(function (plot) {
    var data = JSON.parse(plot.getAttribute("data-chart"));
    var unit = data[0], left = data[1][0], right = data[1][1], top = data[1][2], base = data[1][3], until = data[1][4];
    var at = data[2], lines = data[3], out = plot.parentNode.querySelector(".readout"), now = -1;
    var cursor = document.createElementNS(plot.namespaceURI, "path");
    cursor.setAttribute("class", "cursor");
    plot.appendChild(cursor);
    function show(index) {
      now = Math.max(0, Math.min(at.length - 1, index));
      var x = left + at[now] / until * (right - left);
      cursor.setAttribute("d", "M" + x.toFixed(1) + " " + top + "V" + base);
      out.textContent = "";
      var time = document.createElement("b");
      time.textContent = at[now].toFixed(1) + " s";
      out.appendChild(time);
      lines.forEach(function (line) {
        out.appendChild(document.createTextNode("  ·  " + line[0] + " " + shown(line[2][now], unit)));
      });
    }
    function hide() { cursor.removeAttribute("d"); out.textContent = ""; now = -1; }
    function nearest(secs) {
      var low = 0, high = at.length - 1;
      while (low < high) {
        var middle = (low + high) >> 1;
        if (at[middle] < secs) { low = middle + 1; } else { high = middle; }
      }
      return low > 0 && secs - at[low - 1] < at[low] - secs ? low - 1 : low;
    }
    plot.addEventListener("pointermove", function (event) {
      var box = plot.getBoundingClientRect();
      var x = (event.clientX - box.left) / box.width * plot.viewBox.baseVal.width;
      show(nearest((x - left) / (right - left) * until));
    });
    plot.addEventListener("pointerleave", hide);
    plot.addEventListener("blur", hide);
    plot.addEventListener("keydown", function (event) {
      var step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
      if (step) { event.preventDefault(); show(now < 0 ? 0 : now + step); }
      if (event.key === "Escape") { hide(); }
    });
  });
})();
