"""The frame that all pages share: templates, words in two languages, scripts, answers' headers. Knows no room."""
