// A chart above a table, drawn from that table's cells: what it shows can be read below it, so it is
// hidden from screen readers and left out where the script does not run.
(() => {
  if (typeof Chart === "undefined") return;
  const colours = ["#0b5d4e", "#7a4a00", "#1a4fd6", "#9b1c1c", "#4a5a68", "#6b2f8a"];
  const dashes = [[], [6, 4], [2, 3], [10, 4, 2, 4], [1, 4], [12, 3]];  // not by colour alone
  const linesMax = colours.length;
  const numberOf = (cell) =>
    cell && cell.dataset.value !== undefined ? Number(cell.dataset.value) : null;

  const style = (index) => ({
    borderColor: colours[index], backgroundColor: colours[index], borderDash: dashes[index],
    borderWidth: 2, pointRadius: 3, tension: 0, spanGaps: false,
  });
  // Months in which nothing was counted have no column: they keep their place.
  const allMonths = (months) => {
    if (!months.every((month) => /^\d{4}-\d{2}$/.test(month))) return months;
    const all = [], last = months[months.length - 1];
    for (let [year, month] = months[0].split("-").map(Number);;) {
      all.push(`${year}-${String(month).padStart(2, "0")}`);
      if (all[all.length - 1] >= last) return all;
      if (++month > 12) { ++year; month = 1; }
    }
  };
  const periods = (table) => {
    const names = Number(table.dataset.names || 0);
    const months = [...table.tHead.rows[0].cells].slice(names).map((cell) => cell.textContent);
    const labels = allMonths(months);
    const rows = [...table.tBodies[0].rows].slice(0, linesMax);
    const datasets = rows.map((row, index) => ({
      label: [...row.cells].slice(0, names).map((cell) => cell.textContent).join(", "),
      data: labels.map((label) => {
        const column = months.indexOf(label);
        return column < 0 ? null : numberOf(row.cells[names + column]);
      }), ...style(index),
    }));
    return { labels, datasets };
  };
  const curve = (table) => {
    const rows = [...table.tBodies[0].rows];
    return {
      labels: rows.map((row) => row.cells[0].textContent),
      datasets: [{ label: table.caption.textContent, stepped: "before",
                   data: rows.map((row) => numberOf(row.cells[2])), ...style(0), pointRadius: 0 }],
    };
  };

  // Curves beside each other: days in the first column, then from `data-first` on a curve each, with
  // the ends of its interval in data-low and data-high. Steps that are not known are passed over.
  const curves = (table) => {
    const rows = [...table.tBodies[0].rows];
    const line = (column, label, read) => ({
      label, data: rows.map((row) => ({ x: Number(row.cells[0].textContent), y: read(row.cells[column]) })),
    });
    const edge = (name) => (cell) =>
      cell.dataset[name] !== undefined ? Number(cell.dataset[name]) : null;
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    const datasets = [];
    heads.slice(Number(table.dataset.first)).slice(0, linesMax).forEach((label, index) => {
      const column = index + Number(table.dataset.first), look = { ...style(index), spanGaps: true };
      const band = { ...look, band: true, borderWidth: 0, pointRadius: 0 };
      datasets.push({ ...line(column, label, numberOf), ...look });
      datasets.push({ ...line(column, label, edge("low")), ...band });
      datasets.push({ ...line(column, label, edge("high")), ...band, fill: "-1",
                      backgroundColor: `${colours[index]}22` });
    });
    return { labels: rows.map((row) => row.cells[0].textContent), datasets };
  };

  for (const table of document.querySelectorAll("table[data-chart]")) {
    const isCurve = table.dataset.chart === "curve";
    const several = isCurve && table.dataset.first !== undefined;
    const { labels, datasets } = several ? curves(table) : isCurve ? curve(table) : periods(table);
    if (labels.length < 2 || datasets.length === 0) continue;
    const box = document.createElement("div"), canvas = document.createElement("canvas");
    box.className = datasets.length > 1 ? "chart several" : "chart";
    canvas.setAttribute("aria-hidden", "true");
    box.append(canvas);
    table.closest(".table").before(box);
    const days = { title: { display: true, text: table.tHead.rows[0].cells[0].textContent } };
    if (several) Object.assign(days, { type: "linear", min: 0, max: Number(labels[labels.length - 1]) });
    const isLine = (item) => !datasets[item.datasetIndex].band;
    new Chart(canvas, {
      type: isCurve || datasets.length > 1 ? "line" : "bar",
      data: { labels, datasets },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false,
        plugins: { legend: { display: datasets.length > 1, labels: { filter: isLine, usePointStyle: several, pointStyle: "line" } },
                   tooltip: { filter: isLine } },
        scales: {
          x: isCurve ? days : {},
          y: isCurve ? { beginAtZero: true, max: 1 } : { beginAtZero: true, ticks: { precision: 0 } },
        },
      },
    });
  }
})();
