namespace QLearning.Client.Configuration;

/// <summary>A section of the configuration under <c>QLearning</c> and the options that are bound to it.</summary>
/// <param name="Name">Its name, such as <c>WriteBehind</c>.</param>
/// <param name="Options">The options; each property is a name that the section may have.</param>
/// <param name="IsShared">
/// True: other processes that read the same configuration may have options of their own in it, so that only a name like one of these is a
/// mistake. Not so where a section of the same name is not shared.
/// </param>
internal sealed record OptionsSection(string Name, Type Options, bool IsShared = false)
{
    /// <summary>Where all sections are.</summary>
    public const string Root = "QLearning";
}

/// <summary>
/// Registered where all sections that there are belong to the process, as in a silo. In others a section may be for the silos beside it,
/// so that only a name like a section's is a mistake.
/// </summary>
internal sealed record AllSections;
