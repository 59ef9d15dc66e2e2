const ENTITIES = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as it may stand in HTML. */
exports.escapeHtml = text => text.replace(/[&<>"']/g, char => ENTITIES[char]);
