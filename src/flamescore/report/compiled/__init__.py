"""The templates of the page as modules, made by `make docs`: see `template_loader`."""
