"""In real vLLM, the import of this module fails if transformers is too new; here it fails if the machine file requests that fault."""
from vllm.fake.machine import fault

if fault() == "import":
    raise ImportError("cannot import name 'PixtralRotaryEmbedding' from 'transformers.models.pixtral.modeling_pixtral'")


class PixtralForConditionalGeneration:
    """vLLM's class for Mistral models with images. Empty."""
