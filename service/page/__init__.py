"""The page for people: plain ES modules. No Python here; `routes.page` sends them."""
