"""What writes for an owner: translations into his files, a schema for his editor. Adds lines; never rewrites what stands there."""
