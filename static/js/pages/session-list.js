// @ts-check
/** The sessions list: addresses without blank filters, and what is chosen for export counted. */

/**
 * Leave blank fields out of the address that a form makes, so that it can be kept and passed on.
 * @param {HTMLFormElement} form
 */
export function tidyAddress(form) {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) {
      if (value === "") event.formData.delete(name);
    }
  });
}

/**
 * Say how many are chosen, choose all shown at once, and export only what is chosen.
 * @param {HTMLFormElement} form
 */
export function countChosen(form) {
  const boxes = /** @type {HTMLInputElement[]} */ ([
    ...document.querySelectorAll('input[name="session_id"]'),
  ]);
  const all = /** @type {HTMLInputElement | null} */ (form.querySelector("[data-select-all]"));
  const button = /** @type {HTMLButtonElement | null} */ (form.querySelector("[data-selected]"));
  if (!all || !button) return;
  const words = button.textContent ?? "";
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    button.disabled = chosen === 0;
    button.textContent = chosen ? `${words} (${chosen})` : words;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener("change", show);
  form.querySelector("[data-all]")?.removeAttribute("hidden");
  show();
}

for (const form of document.querySelectorAll("form[data-tidy]")) {
  tidyAddress(/** @type {HTMLFormElement} */ (form));
}
for (const form of document.querySelectorAll("form[data-export]")) {
  countChosen(/** @type {HTMLFormElement} */ (form));
}
