"""HTML to PDF: WeasyPrint with our fonts, and with Chinese lines. Nothing else imports WeasyPrint."""
