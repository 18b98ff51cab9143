"""Static files in production: hashed names, compressed, and modules that import one another."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModuleStorage(CompressedManifestStaticFilesStorage):
    """As whitenoise's, but `import … from "./x.js"` is rewritten to the hashed name too.

    Django leaves imports alone unless told so, and browsers would fetch `./x.js` by its plain
    name, kept by caches of an earlier release. An import map would need an inline script, which
    the content security policy forbids. Imports end with a semicolon, or Django overlooks them: a
    test follows every import.
    """

    support_js_module_import_aggregation = True
    # One pass settles one storey of modules; as soon as nothing changes any more it ends.
    max_post_process_passes = 20
