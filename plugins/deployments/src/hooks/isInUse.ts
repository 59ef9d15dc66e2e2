/** Whether the pointer or the focus is on a part of the screen: what lies there must then not move. */
export function isInUse(element: Element | null): boolean {
  return (
    element !== null &&
    (element.matches(':hover') || element.contains(document.activeElement))
  );
}
