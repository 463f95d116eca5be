"""Every kind of page as those meet it who read it: axe-core, html-validate, the Nu checker, and a real browser."""
