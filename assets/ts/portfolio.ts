// The portfolio's choice of columns: buttons that move a column up or down, so that the form sends them in that order.
export function listenForColumnMoves(): void {
  document.documentElement.classList.add("hw-scripted");
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-column-move]") : null;
    const item = button?.closest("li");
    if (!button || !item) return;
    if (button.dataset["columnMove"] === "up") item.previousElementSibling?.before(item);
    else item.nextElementSibling?.after(item);
    button.focus();
  });
}
